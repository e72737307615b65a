import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The URIs that a document may be stored under, for its path or URI. A URI is taken as it is. A path
 * is looked for in the two spellings that Attune stores: Node's, and VS Code's, which writes more
 * characters in percent.
 */
export function documentUrisOf(pathOrUri: string): string[] {
  if (isUri(pathOrUri)) return [pathOrUri];
  const { href, pathname } = pathToFileURL(resolve(pathOrUri));
  return [...new Set([href, `file://${inVsCodesSpelling(pathname)}`])];
}

/** A drive letter of Windows is no scheme. */
function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}

/** VS Code leaves only letters, digits and `-._~` as they are, and writes drive letters small. */
function inVsCodesSpelling(pathname: string): string {
  const path = decodeURIComponent(pathname).replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase());
  return path.split('/').map(encodeStrictly).join('/');
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
