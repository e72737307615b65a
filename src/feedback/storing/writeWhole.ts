import { realpath, stat, writeFile } from 'node:fs/promises';
import { replaceFile } from '../../engine/files.ts';
import { fileErrorFrom } from '../errors.ts';

/**
 * Writes a file for the user alone; it appears whole or not at all, where a link leads as anywhere else. A pipe or a
 * device is written to as it is. Throws a StoreError when the disk does not take it.
 *
 * @param text all of it, or line by line where it may be longer than a string can be (536,870,888 characters).
 */
export async function writeWhole(path: string, text: Iterable<string>, signal?: AbortSignal): Promise<void> {
  const options = signal && { signal };
  const pieces = typeof text === 'string' ? text : joined(text);
  try {
    if (await isStream(path)) await writeFile(path, pieces, options);
    else
      await replaceFile(await realpath(path).catch(() => path), async (file) => {
        await file.chmod(0o600);
        await file.writeFile(pieces, options);
      });
  } catch (error) {
    signal?.throwIfAborted();
    throw fileErrorFrom(error, 'write', path);
  }
}

/** Lines written one by one take more than twice as long. */
const pieceChars = 2 ** 20;

function* joined(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < pieceChars) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Whether what stands there passes on what is written to it: a file in its place would take it away. */
async function isStream(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
