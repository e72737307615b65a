import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inVsCodesSpelling } from '../feedback/files/documentSpelling.ts';

/**
 * The URIs that a document may be stored under, for its path or URI. A URI is taken as it is. A path
 * is looked for in the two spellings that Attune stores: Node's, and VS Code's, which writes more
 * characters in percent.
 */
export function documentUrisOf(pathOrUri: string): string[] {
  if (isUri(pathOrUri)) return [pathOrUri];
  const { href } = pathToFileURL(resolve(pathOrUri));
  return [...new Set([href, inVsCodesSpelling(href)])];
}

/** A drive letter of Windows is no scheme. */
function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}
