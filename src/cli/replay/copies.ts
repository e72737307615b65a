import type { ProjectFile } from '../../feedback/projectFiles.ts';
import type { TypedDocument } from './typedWork.ts';

/** Shorter lines are punctuation and idioms that stand in every file. */
const minTellingChars = 12;

/** A document with more of its typed lines in other files was moved or copied rather than written. */
const maxKnownShare = 0.5;

/**
 * The documents that somebody wrote. Left out are those whose typed lines stand for the most part in
 * other files of the older version, or in a document before: a file that was moved or copied, or the
 * same code for another module system. Nobody typed it, and what is held out would stand in what is
 * learned.
 */
export function withoutCopies(
  documents: readonly TypedDocument[],
  older: readonly ProjectFile[],
): TypedDocument[] {
  const pathsOf = new Map<string, Set<string>>();
  const note = (path: string, text: string): void => {
    for (const line of tellingLines(text)) pathsOf.set(line, (pathsOf.get(line) ?? new Set()).add(path));
  };
  for (const { path, text } of older) note(path, text);
  return documents.filter((document) => {
    const typed = document.regions.flatMap(({ typedText }) => tellingLines(typedText));
    const known = typed.filter((line) => isElsewhere(pathsOf.get(line), document.path));
    if (known.length > maxKnownShare * typed.length) return false;
    for (const { typedText } of document.regions) note(document.path, typedText);
    return true;
  });
}

function isElsewhere(paths: ReadonlySet<string> | undefined, path: string): boolean {
  return paths !== undefined && (paths.size > 1 || !paths.has(path));
}

function tellingLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= minTellingChars);
}
