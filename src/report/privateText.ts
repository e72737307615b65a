/** What must not be in a text that is given to others. */
export interface PrivateTexts {
  /** Folders and files of the user's: the home folder, workspaces, models by path. */
  readonly paths: readonly string[];
}

/** As much as a message says before it goes into details. */
const maxChars = 300;

/** A file's address or an absolute path, of Windows too; words behind it that go on with a separator belong to it. */
const anyPath =
  /(?:file:\/\/)?(?:[A-Za-z]:)?[\\/](?:[^\s\\/'"`]+[\\/])[^\s'"`]*(?: [^\s'"`]*[\\/][^\s'"`]*)*/g;

/**
 * From the first quotation mark of either kind to the last: a text that is quoted may hold such marks and line ends itself, so
 * that nobody can tell which belong together. One alone stands before a text that was cut off.
 */
const quoted = /["`](?:[^]*["`]|.*)/g;

/**
 * A message without what is private: `<path>` for every path and file address, nothing of what stands in
 * quotation marks (error messages of parsers quote the text they could not read), one line, cut to 300 characters.
 */
export function withoutPrivate(message: string, { paths }: PrivateTexts): string {
  const known = paths.filter((path) => path.length > 1).sort((a, b) => b.length - a.length);
  const unnamed = known.reduce((text, path) => text.replaceAll(path, '/<path>/'), message);
  const [line = ''] = unnamed
    .replaceAll(anyPath, (path) => `<path>${/[:;,.]?$/.exec(path)![0]}`)
    .replaceAll(quoted, '"…"')
    .split('\n');
  return line.slice(0, maxChars);
}
