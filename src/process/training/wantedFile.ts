import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hasCode, touch } from '../../engine/files.ts';

/*
 * How every window tells the one retraining of a user that a completion is wanted, whatever engine
 * it asks: by the time of a file that is there while something is being retrained.
 */

/** Says that a completion is wanted or being written: training pauses until a moment after, whichever window trains. Where nothing is being retrained, or the file cannot be had, nobody hears it. */
export function touchWantedFile(path: string): Promise<void> {
  return touch(path);
}

/** When a completion was wanted last, in milliseconds since the epoch; 0 before the first. Makes the file where it is missing. */
export async function lastWantedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    await writeFile(path, '');
    await utimes(path, 0, 0);
    return 0;
  }
}

/** Spares the windows the telling when nothing is being retrained any more. */
export function removeWantedFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
