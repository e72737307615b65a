import * as z from 'zod';
import { fileOf, isAtOrBelow } from './fileOf.ts';

/** A document, or a folder with all in it, got another name or place. */
export const renamingSchema = z.object({ fromUri: z.string(), toUri: z.string(), atMs: z.number() });

export type Renaming = z.infer<typeof renamingSchema>;

/** A name that a document's file had, and from when until when records of that name are its own. */
export interface DocumentName {
  readonly documentUri: string;
  /** Absent: from the first on. `Untitled-1` is given to one new document after the other. */
  readonly afterMs?: number;
  /** Infinite for the name it has now. */
  readonly untilMs: number;
}

/** The names of a document's file, newest first: the one of now, and those that it had before it was renamed to it. */
export function namesOf(documentUri: string, renamings: readonly Renaming[]): DocumentName[] {
  const names: DocumentName[] = [{ documentUri: fileOf(documentUri), untilMs: Infinity }];
  for (const { fromUri, toUri, atMs } of renamings.toSorted((a, b) => b.atMs - a.atMs)) {
    const { documentUri: oldest, untilMs } = names.at(-1)!;
    if (isAtOrBelow(oldest, toUri) && atMs <= untilMs)
      names.push({
        ...{ documentUri: fromUri + oldest.slice(toUri.length), untilMs: atMs },
        ...(fromUri.startsWith('untitled:') ? { afterMs: lastSavedMs(fromUri, renamings, atMs) } : {}),
      });
  }
  return names;
}

/** When a new document of this name was last saved as a file before. */
function lastSavedMs(documentUri: string, renamings: readonly Renaming[], beforeMs: number): number {
  const earlier = renamings.filter(({ fromUri, atMs }) => fromUri === documentUri && atMs < beforeMs);
  return Math.max(...earlier.map(({ atMs }) => atMs), -Infinity);
}

/** Whether something of a document is of the file with these names. */
export function isNamed(
  names: readonly DocumentName[],
  { documentUri, atMs }: { readonly documentUri: string; readonly atMs: number },
): boolean {
  const file = fileOf(documentUri);
  return names.some(
    ({ documentUri: name, afterMs = -Infinity, untilMs }) =>
      name === file && atMs > afterMs && atMs <= untilMs,
  );
}
