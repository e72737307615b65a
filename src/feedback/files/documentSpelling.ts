import { unescape } from 'node:querystring';

/**
 * A document's URI as VS Code spells it, by which those of different writers are compared: Node leaves
 * `()@+&'` and others as they are, and the drive letters of Windows capital. Only files have several.
 */
export function inVsCodesSpelling(documentUri: string): string {
  const [, host, path] = /^file:\/\/([^/]*)(\/.*)$/s.exec(documentUri) ?? [];
  if (host === undefined || path === undefined) return documentUri;
  const decoded = unescape(path)
    .toWellFormed()
    .replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase());
  return `file://${host.toLowerCase()}${decoded.split('/').map(encodeStrictly).join('/')}`;
}

/** VS Code leaves only letters, digits and `-._~` as they are. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
