import { fileURLToPath } from 'node:url';

/** `c:` in the URI of a file: only Windows has drives. */
const drive = /^file:\/\/\/[a-z](?::|%3A)/i;

/** The path of a file on this system; undefined where it can have none, as `file:///home/a.ts` has none on Windows. */
export function pathHere(fileUri: string): string | undefined {
  if (process.platform !== 'win32' && drive.test(fileUri)) return undefined;
  try {
    return fileURLToPath(fileUri);
  } catch {
    return undefined;
  }
}

/** The path of a file of another system from its root or drive, with `/`; undefined where no system has such a file. */
export function pathElsewhere(fileUri: string): string | undefined {
  try {
    const { pathname } = new URL(fileUri);
    if (/%2F/i.test(pathname)) return undefined;
    return decodeURIComponent(pathname).replace(/^\/+(?:[a-z]:\/*)?/i, '');
  } catch {
    return undefined;
  }
}
