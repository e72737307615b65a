import type { ProjectFile } from '../../feedback/files/projectFiles.ts';
import { linesOf, oldTextOf, type TypedDocument } from './typedWork.ts';

/** Shorter lines are punctuation and idioms that stand in every file. */
const minTellingChars = 12;

/** A document with more of its typed lines elsewhere was moved, copied or formatted anew rather than written. */
const maxKnownShare = 0.5;

/**
 * The documents that somebody wrote. Left out are those whose typed lines stand for the most part in
 * other files of the older version, in a document before, or in what the same document loses, white space aside: a
 * file that was moved, copied or formatted anew, or the same code for another module system. Nobody typed it, and
 * what is held out would stand in what is learned.
 */
export function withoutCopies(
  documents: readonly TypedDocument[],
  older: readonly ProjectFile[],
): TypedDocument[] {
  const known = new KnownLines(older, documents.flatMap(tellingLinesIn));
  return documents.filter((document) => {
    const typed = tellingLinesIn(document);
    const isMoved = movedFrom(oldTextOf(document).lost);
    const copied = typed.filter((line) => isMoved(line) || known.isElsewhere(line, document.path));
    if (copied.length > maxKnownShare * typed.length) return false;
    for (const { typedText } of document.regions) known.add(document.path, typedText);
    return true;
  });
}

/** Lines that are typed into some documents and tell something. */
export interface KnownLineCounts {
  readonly lines: number;
  /** How many of them stand in other files of the older version. */
  readonly elsewhere: number;
  /** How many stand in what may be learned: there, in what stays of their own document, or typed before. */
  readonly learnable: number;
}

/** How many of the typed lines are known before they are typed, white space aside. */
export function countKnownLines(
  documents: readonly TypedDocument[],
  files: { readonly older: readonly ProjectFile[]; readonly learnable: readonly { readonly text: string }[] },
): KnownLineCounts {
  const typed = documents.flatMap((document) =>
    tellingLinesIn(document).map((line) => ({ line, path: document.path })),
  );
  const lines = typed.map(({ line }) => line);
  const older = new KnownLines(files.older, lines);
  const learnable = new Set<string>();
  const isTyped = new Set(lines);
  for (const { text } of files.learnable)
    for (const line of tellingLines(text)) if (isTyped.has(line)) learnable.add(line);
  return {
    lines: typed.length,
    elsewhere: typed.filter(({ line, path }) => older.isElsewhere(line, path)).length,
    learnable: typed.filter(({ line }) => learnable.has(line)).length,
  };
}

/**
 * What stands of a text between the lines that some work writes into it and that it would not have otherwise, because they
 * are new or come back from another place or with other white space. Pieces without a telling line are left out.
 */
export function piecesWithout(text: string, work: readonly TypedDocument[]): string[] {
  const writes = work.map(writesAnew);
  const pieces = [''];
  for (const line of linesOf(text)) {
    const isWritten = writes.some((writesLine) => writesLine(line));
    pieces.push(isWritten ? '' : pieces.pop()! + line);
  }
  return pieces.filter((piece) => tellingLines(piece).length > 0);
}

function writesAnew(document: TypedDocument): (line: string) => boolean {
  const written = squeezedPieces(document.regions.map(({ typedText }) => typedText));
  const stays = new Set(oldTextOf(document).kept.flatMap(tellingLines));
  return (line) => tellingLines(line).some((told) => written.includes(told) && !stays.has(told));
}

/** Whether a line comes from what a document loses, each piece of which comes back once; how it was broken into lines does not matter. */
function movedFrom(lost: readonly string[]): (line: string) => boolean {
  let left = squeezedPieces(lost);
  return (line) => {
    const isMoved = left.includes(line);
    left = left.replace(line, '\n');
    return isMoved;
  };
}

/** In which files some telling lines stand; all lines of a project would be a million. */
class KnownLines {
  readonly #paths: ReadonlyMap<string, Set<string>>;

  constructor(files: readonly ProjectFile[], wanted: readonly string[]) {
    this.#paths = new Map(wanted.map((line) => [line, new Set()]));
    for (const { path, text } of files) this.add(path, text);
  }

  add(path: string, text: string): void {
    for (const line of tellingLines(text)) this.#paths.get(line)?.add(path);
  }

  isElsewhere(line: string, path: string): boolean {
    const paths = this.#paths.get(line);
    return paths !== undefined && paths.size > Number(paths.has(path));
  }
}

function tellingLinesIn({ regions }: TypedDocument): string[] {
  return regions.flatMap(({ typedText }) => tellingLines(typedText));
}

/** The lines that tell something, without any white space. */
function tellingLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim().length >= minTellingChars)
    .map(squeezed);
}

/** Texts without white space, a line each. */
function squeezedPieces(texts: readonly string[]): string {
  return texts.map(squeezed).join('\n');
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
