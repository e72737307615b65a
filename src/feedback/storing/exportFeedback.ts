import { rename, rm, writeFile } from 'node:fs/promises';
import type { FeedbackReader } from './feedbackStore.ts';
import { fileErrorFrom } from '../errors.ts';

/**
 * Writes every readable record to a file, one JSON object a line with its `kind` first, for the user
 * to keep or to use elsewhere. Gives the number of lines.
 *
 * The file appears whole or not at all. Throws a StoreError when the disk does not take it.
 */
export async function exportFeedback(
  reader: FeedbackReader,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  const lines = linesOf(reader);
  await writeWhole(path, lines.map((line) => `${line}\n`).join(''), signal);
  return lines.length;
}

/** Writes a file for the user alone; it appears whole or not at all. Throws a StoreError when the disk does not take it. */
export async function writeWhole(path: string, text: string, signal?: AbortSignal): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, text, { mode: 0o600, flush: true, ...(signal && { signal }) });
    await rename(unfinished, path);
  } catch (error) {
    // Why it failed is what counts, even when nothing can be cleaned up there either.
    await rm(unfinished, { force: true }).catch(() => undefined);
    signal?.throwIfAborted();
    throw fileErrorFrom(error, 'write', path);
  }
}

function linesOf(reader: FeedbackReader): string[] {
  return [
    ...reader.completions().map((record) => JSON.stringify({ kind: 'completion', ...record })),
    ...reader.rankings().map((record) => JSON.stringify({ kind: 'ranking', ...record })),
    ...reader.demonstrations().map((record) => JSON.stringify({ kind: 'demonstration', ...record })),
    ...reader.imported().map((record) => JSON.stringify({ kind: 'imported', ...record })),
  ];
}
