import * as z from 'zod';

/** A document, or a folder with all in it, got another name or place. */
export const renamingSchema = z.object({ fromUri: z.string(), toUri: z.string(), atMs: z.number() });

export type Renaming = z.infer<typeof renamingSchema>;

/** A name that a document had, and until when records of that name are its own. */
export interface DocumentName {
  readonly documentUri: string;
  /** Infinite for the name it has now. */
  readonly untilMs: number;
}

/** `wsl+Ubuntu`, `host:8000`: the machine that a remote window names in the URIs of cells and new files, not in those of files. */
const remoteAuthority = /^\/\/[^/]*(?:%2B|%3A|[+:])[^/]*/i;

/**
 * The URI of the file that a document is part of: the notebook of a cell, whose URI also names a cell of this
 * session, and the file that a new document becomes when it is saved. Any other document is its own.
 */
export function fileOf(documentUri: string): string {
  const place = /^(?:vscode-notebook-cell|untitled):([^?#]*)/.exec(documentUri)?.[1];
  if (place === undefined) return documentUri;
  const path = place.replace(remoteAuthority, '');
  if (!path.startsWith('/')) return `untitled:${path}`;
  return path.startsWith('//') ? `file:${path}` : `file://${path}`;
}

/** The names of a document, newest first: the one of now, and those that it had before it was renamed to it. */
export function namesOf(documentUri: string, renamings: readonly Renaming[]): DocumentName[] {
  const names: DocumentName[] = [{ documentUri, untilMs: Infinity }];
  for (const { fromUri, toUri, atMs } of renamings.toSorted((a, b) => b.atMs - a.atMs)) {
    const { documentUri: oldest, untilMs } = names.at(-1)!;
    if (isAtOrBelow(oldest, toUri) && atMs <= untilMs)
      names.push({ documentUri: fromUri + oldest.slice(toUri.length), untilMs: atMs });
  }
  return names;
}

/** Whether something of a document is of the one with these names. */
export function isNamed(
  names: readonly DocumentName[],
  { documentUri, atMs }: { readonly documentUri: string; readonly atMs: number },
): boolean {
  return names.some((name) => name.documentUri === documentUri && atMs <= name.untilMs);
}

/** Whether a document is the one of a name, or lies in the folder of that name. */
export function isAtOrBelow(documentUri: string, uri: string): boolean {
  return documentUri === uri || documentUri.startsWith(`${uri}/`);
}
