import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentUriOf, repositoryFolder } from './project.ts';
import { restsOf, type Rhythm } from './rhythm.ts';

/** One press of a key: what it adds, and how long the typist rests behind it. */
export interface Keystroke {
  readonly typed: string;
  readonly restMs: number;
}

/** A few lines of a real file, taken out of it and typed again at their place. */
export interface Stretch {
  readonly documentUri: string;
  readonly languageId: string;
  /** The document around what is typed. */
  readonly before: string;
  readonly behind: string;
  readonly keystrokes: readonly Keystroke[];
}

/** A file that is typed. */
export interface TypedFile {
  readonly documentUri: string;
  readonly languageId: string;
  readonly text: string;
}

/** How much of each file is typed. */
export interface Amount {
  readonly placesPerFile: number;
  readonly linesPerPlace: number;
}

/** Real code in both languages: files of this repository. */
const typedPaths = [
  'src/completion/trimming/findEnd.ts',
  'test/golden/make_model_golden.py',
  'src/trainer/adapters/adapterStore.ts',
  'test/golden/make_tokenizer_golden.py',
];

/** The files that are typed, TypeScript and Python in turn. */
export function readTypedFiles(): TypedFile[] {
  return typedPaths.map((path) => ({
    documentUri: documentUriOf(path),
    languageId: path.endsWith('.py') ? 'python' : 'typescript',
    text: readFileSync(join(repositoryFolder, path), 'utf8'),
  }));
}

/**
 * The stretches in the order in which they are typed: one of each file in turn, as somebody does who
 * works on several files at once.
 */
export function stretchesOf(files: readonly TypedFile[], amount: Amount, rhythm: Rhythm): Stretch[] {
  const restAfter = restsOf(rhythm);
  const perFile = files.map((file) => placesIn(file.text, amount));
  const turns = Array.from({ length: amount.placesPerFile }, (_, turn) => turn);
  return turns.flatMap((turn) =>
    files.flatMap((file, index) => {
      const start = perFile[index]![turn];
      return start === undefined ? [] : [stretchAt(file, start, amount.linesPerPlace, restAfter)];
    }),
  );
}

/** The first lines of the places: spread evenly, each moved down to a line with something on it. */
function placesIn(text: string, { placesPerFile, linesPerPlace }: Amount): number[] {
  const lines = text.split('\n');
  return Array.from({ length: placesPerFile }, (_, i) => {
    const from = Math.floor((lines.length * (i + 1)) / (placesPerFile + 1));
    return lines.findIndex((line, at) => at >= from && isWorthTyping(line));
  }).filter((start) => start >= 0 && start + linesPerPlace < lines.length);
}

/** A line that begins with a word: shorter ones are mostly closing brackets, which nobody waits for, others comments or the rest of an expression. */
function isWorthTyping(line: string): boolean {
  return /^\s*\w.{11}/.test(line);
}

function stretchAt(
  { documentUri, languageId, text }: TypedFile,
  start: number,
  lineCount: number,
  restAfter: (typed: string) => number,
): Stretch {
  const lines = text.split('\n');
  const typed = lines.slice(start, start + lineCount).join('\n');
  return {
    ...{ documentUri, languageId },
    before: lines
      .slice(0, start)
      .map((line) => `${line}\n`)
      .join(''),
    behind: `\n${lines.slice(start + lineCount).join('\n')}`,
    keystrokes: keysOf(typed).map((key) => ({ typed: key, restMs: restAfter(key) })),
  };
}

/** What each press of a key adds: a character, or a line end with the indentation that an editor adds to it. */
export function keysOf(text: string): string[] {
  return text.match(/^[ \t]+|\n[ \t]*|./gsu) ?? [];
}
