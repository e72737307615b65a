import { askGit } from '../../feedback/files/git.ts';

/** Of each line of a file, in order: when the user wrote it, in milliseconds since the epoch; null where somebody else did. */
export type LinesWritten = readonly (number | null)[];

/** The commits that are looked at for files the user worked on: some months of work. */
const maxCommits = 1000;

/** Asking about a file takes a tenth of a second where its history is long, and 400 places are learned from at most. */
const maxFiles = 100;

/** Whom git names for lines that are not committed yet: they are the user's. */
const uncommitted = 'not.committed.yet';

/**
 * Which lines the user wrote, as git's history has it, of the files that they worked on last. Empty where git does
 * not know who the user is.
 *
 * @param paths relative to the folder, with `/`.
 */
export async function readOwnLines(
  folder: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, LinesWritten>> {
  const own = new Map<string, LinesWritten>();
  const email = await userEmail(folder);
  if (email === undefined) return own;
  const known = new Set(paths);
  const worked = (await workedOn(folder, email)).filter((path) => known.has(path));
  for (const path of worked.slice(0, maxFiles)) {
    const blame = await askGit(folder, ['blame', '--no-textconv', '--line-porcelain', '--', path]).catch(
      () => '',
    );
    own.set(path, parseBlame(blame, email));
  }
  return own;
}

async function userEmail(folder: string): Promise<string | undefined> {
  const email = await askGit(folder, ['config', 'user.email']).catch(() => '');
  return email.trim() === '' ? undefined : email.trim();
}

/** The files of the user's commits, those of the newest first. */
async function workedOn(folder: string, email: string): Promise<string[]> {
  const log = await askGit(folder, [
    ...['log', '--relative', '--no-merges', `--max-count=${maxCommits}`, '--fixed-strings'],
    ...[`--author=<${email}>`, '--name-only', '--format=', '--', '.'],
  ]).catch(() => '');
  return [...new Set(log.split('\n').filter((path) => path !== ''))];
}

/** Behind a line's commit stand facts of it, each with its name in front, and behind a tab its text. */
function parseBlame(blame: string, email: string): LinesWritten {
  const lines: (number | null)[] = [];
  let [mail, timeMs] = ['', 0];
  for (const line of blame.split('\n')) {
    if (line.startsWith('author-mail ')) mail = /<(.*)>/.exec(line)?.[1] ?? '';
    else if (line.startsWith('author-time ')) timeMs = 1000 * Number(line.slice('author-time '.length));
    else if (line.startsWith('\t')) lines.push(mail === email || mail === uncommitted ? timeMs : null);
  }
  return lines;
}
