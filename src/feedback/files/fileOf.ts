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

/** Whether a document's file is the one of a name, or lies in the folder of that name. */
export function isAtOrBelow(documentUri: string, uri: string): boolean {
  const file = fileOf(documentUri);
  return file === uri || file.startsWith(`${uri}/`);
}
