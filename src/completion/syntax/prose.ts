/**
 * Where somebody writes for people and not for a compiler: comments, doc strings, and documents that are
 * prose as a whole. Told from the text before the cursor by the marks of its language, because VS Code
 * keeps its own tokens to itself; a text of `maxPrefixChars` takes some 10 microseconds.
 */

/** What is written for people from the first character to the last. */
const proseLanguages: ReadonlySet<string> = new Set([
  'asciidoc',
  'git-commit',
  'latex',
  'markdown',
  'plaintext',
  'restructuredtext',
  'scminput',
  'tex',
]);

/** How a language marks comments and quotes strings: pieces of regular expressions. */
interface Marks {
  /** What begins a comment that ends with its line. */
  readonly line?: string;
  /** What begins and ends a comment of several lines. */
  readonly block?: readonly [string, string];
  /** What quotes a string; in one of several lines a comment's mark means nothing. */
  readonly strings?: readonly string[];
  /** Strings of several lines that are a comment where they begin a line. */
  readonly docs?: readonly string[];
}

/** A string that ends with its line, closed or not. */
const shortString = (quote: string): string => `${quote}(?:\\\\.|[^${quote}\\\\\\n])*${quote}?`;
const template = '`(?:\\\\[\\s\\S]|[^`\\\\])*`?';
const double = shortString('"');
const single = shortString("'");

const slashes: Marks = { line: '//', block: ['/\\*', '\\*/'], strings: [double, single] };
const withTemplates: Marks = { ...slashes, strings: [double, single, template] };
/** An apostrophe is a lifetime, a type variable, or one character. */
const doubleQuoted: Marks = { ...slashes, strings: [double] };
const hash: Marks = { line: '(?<!\\S)#', strings: [double, single] };
const markup: Marks = { block: ['<!--', '-->'] };

/** By VS Code's language id. */
const marksOf: Readonly<Record<string, Marks>> = {
  ...ofEach(['c', 'cpp', 'csharp', 'dart', 'java', 'kotlin', 'less', 'objective-c', 'php', 'scss'], slashes),
  ...ofEach(['go', 'javascript', 'javascriptreact', 'jsonc', 'typescript', 'typescriptreact'], withTemplates),
  ...ofEach(['groovy', 'rust', 'scala', 'swift', 'zig'], doubleQuoted),
  ...ofEach(['dockerfile', 'elixir', 'julia', 'makefile', 'perl', 'r', 'ruby', 'shellscript', 'toml'], hash),
  ...ofEach(['html', 'svelte', 'vue', 'xml'], markup),
  css: { block: ['/\\*', '\\*/'], strings: [double, single] },
  haskell: { line: '--', block: ['\\{-', '-\\}'], strings: [double] },
  lua: { line: '--(?!\\[\\[)', block: ['--\\[\\[', '\\]\\]'], strings: [double, single] },
  powershell: { ...hash, block: ['<#', '#>'] },
  python: { line: '#', strings: [double, single], docs: ['"""', "'''"] },
  sql: { line: '--', block: ['/\\*', '\\*/'], strings: [single] },
  yaml: hash,
};

const patterns = new Map(Object.entries(marksOf).map(([id, marks]) => [id, patternOf(marks)]));

/**
 * Whether what is typed next is prose.
 *
 * @param prefix text before the cursor. Where it begins within a string or a comment of several lines, its
 * beginning is misread up to the end of that.
 */
export function isProse(prefix: string, languageId: string): boolean {
  const pattern = patterns.get(languageId);
  if (pattern === undefined) return proseLanguages.has(languageId);
  return endsInComment(prefix, pattern);
}

/** `test` makes no object for each of the hundreds of matches; only the last one is looked into. */
function endsInComment(prefix: string, pattern: RegExp): boolean {
  let start = 0;
  pattern.lastIndex = 0;
  while (pattern.test(prefix)) {
    if (pattern.lastIndex === prefix.length) {
      pattern.lastIndex = start;
      return pattern.exec(prefix)?.groups?.['open'] !== undefined;
    }
    start = pattern.lastIndex;
  }
  return false;
}

/** Comments and strings one after the other; the one that the text ends in is the group `open` where it is a comment. */
function patternOf({ line, block, strings = [], docs = [] }: Marks): RegExp {
  const closedBlock = block === undefined ? [] : [`${block[0]}[\\s\\S]*?${block[1]}`];
  const openBlock = block === undefined ? [] : [`${block[0]}[\\s\\S]*$`];
  const openLine = line === undefined ? [] : [`${line}[^\\n]*$`];
  const openDocs = docs.map((quote) => `(?<=(?:^|\\n)[ \\t]*)${quote}[\\s\\S]*$`);
  const alternatives = [
    ...closedBlock,
    ...docs.map((quote) => `${quote}[\\s\\S]*?${quote}`),
    `(?<open>${[...openBlock, ...openLine, ...openDocs].join('|')})`,
    ...docs.map((quote) => `${quote}[\\s\\S]*$`),
    ...(line === undefined ? [] : [`${line}[^\\n]*`]),
    ...strings,
  ];
  return new RegExp(alternatives.join('|'), 'g');
}

function ofEach(languageIds: readonly string[], marks: Marks): Record<string, Marks> {
  return Object.fromEntries(languageIds.map((id) => [id, marks]));
}
