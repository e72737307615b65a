import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { hasCode } from '../files.ts';
import { diskFull, notWritable } from './modelErrors.ts';

/** Gives the bytes that can still be written in a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

/** What the file system says is free for this user. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What a write needs of its folder's disk. */
export interface DiskNeed {
  readonly folder: string;
  readonly neededBytes: number;
  /** Absent: the file system is asked. */
  readonly freeBytes?: FreeBytes | undefined;
}

/**
 * What `write` gives, if the folder's disk has room for what it writes. A disk that fills up on the
 * way gives the same error as one that was full before.
 */
export async function withDiskSpace<T>(
  { folder, neededBytes, freeBytes = freeBytesOf }: DiskNeed,
  write: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const free = await freeBytes(folder);
  if (free < neededBytes) throw diskFull(folder, neededBytes, free);
  try {
    return await write();
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    throw diskFull(folder, neededBytes, await freeBytes(folder), error);
  }
}

/** Makes a folder for models, if it is not there. Throws EngineError 'notWritable' where nothing can be written to it. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw isNoSpace(error) ? error : notWritable(folder, error);
  }
}

/** Whether a write failed because the disk, or what the user may have of it, is full. */
export function isNoSpace(error: unknown): boolean {
  return hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT');
}
