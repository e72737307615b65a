import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskFull } from './errors.ts';

/** Replaces the file at `path` by `text`, or leaves it as it was: written beside it, brought to the disk, renamed. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.part-${randomUUID()}`;
  try {
    await writeSynced(temporary, (file) => file.writeFile(text));
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Makes a new file and brings what `write` writes to the disk before it returns. */
export async function writeSynced(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What `write` gives; a full disk becomes the TrainerError that says so. */
export async function namingFullDisk<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) throw diskFull(path, error);
    throw error;
  }
}

/** Names in a folder; none when there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Removes what killed writers left in a folder: the temporary names of `replaceFile` and of the
 * engine's `makeFolderAtomically`. Only for the one process that writes there.
 *
 * @param of only what was left of this file or folder.
 */
export async function removeLeftovers(folder: string, of = ''): Promise<void> {
  const isLeftover = (name: string): boolean => name.startsWith(of) && /\.part-[0-9a-f-]{36}$/.test(name);
  const leftovers = (await namesIn(folder)).filter(isLeftover);
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Whether an error is the operating system's error of that code, for example 'ENOENT'. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Windows cannot open a folder to flush it, and its file system journals names. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
