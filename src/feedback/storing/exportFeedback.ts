import { realpath, stat, writeFile } from 'node:fs/promises';
import { replaceFile } from '../../engine/files.ts';
import type { FeedbackReader } from './feedbackStore.ts';
import { fileErrorFrom } from '../errors.ts';

/**
 * Writes every readable record to a file, one JSON object a line with its `kind` first, for the user
 * to keep or to use elsewhere, and what their documents were called before, by which a file is still forgotten or held out
 * as a whole where they are read in. Gives the number of records.
 *
 * The file appears whole or not at all. Throws a StoreError when the disk does not take it.
 */
export async function exportFeedback(
  reader: FeedbackReader,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  const records = linesOf(reader);
  const renamings = reader.renamings().map((renaming) => JSON.stringify({ kind: 'renaming', ...renaming }));
  await writeWhole(path, [...records, ...renamings].map((line) => `${line}\n`).join(''), signal);
  return records.length;
}

/**
 * Writes a file for the user alone; it appears whole or not at all, where a link leads as anywhere else. A pipe or a
 * device is written to as it is. Throws a StoreError when the disk does not take it.
 */
export async function writeWhole(path: string, text: string, signal?: AbortSignal): Promise<void> {
  const options = signal && { signal };
  try {
    if (await isStream(path)) await writeFile(path, text, options);
    else
      await replaceFile(await realpath(path).catch(() => path), async (file) => {
        await file.chmod(0o600);
        await file.writeFile(text, options);
      });
  } catch (error) {
    signal?.throwIfAborted();
    throw fileErrorFrom(error, 'write', path);
  }
}

/** Whether what stands there passes on what is written to it: a file in its place would take it away. */
async function isStream(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

function linesOf(reader: FeedbackReader): string[] {
  return [
    ...reader.completions().map((record) => JSON.stringify({ kind: 'completion', ...record })),
    ...reader.rankings().map((record) => JSON.stringify({ kind: 'ranking', ...record })),
    ...reader.demonstrations().map((record) => JSON.stringify({ kind: 'demonstration', ...record })),
    ...reader.imported().map((record) => JSON.stringify({ kind: 'imported', ...record })),
  ];
}
