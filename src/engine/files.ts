import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, utimes, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isFolder } from './weights/pathKind.ts';

/*
 * Files and folders that appear whole or not at all, whenever a process is killed or a machine loses its power: filled
 * under another name beside their own, brought to the disk, then renamed.
 */

/** Replaces the file at `path` by what `write` writes, or leaves it as it was. */
export async function replaceFile(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = temporaryNameOf(path);
  try {
    await writeSynced(temporary, write);
    await rename(temporary, path);
  } finally {
    // Why it failed is what counts, even when nothing can be cleaned up there either.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  await syncFolder(dirname(path));
}

/**
 * Makes `folder` appear with everything `fill` puts into it. When another process made the same
 * folder meanwhile, theirs stays.
 */
export async function makeFolderAtomically(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryNameOf(folder);
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    await syncFolder(temporary);
    await renameUnlessThere(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await syncFolder(dirname(folder));
}

function temporaryNameOf(path: string): string {
  return `${path}.part-${randomUUID()}`;
}

/**
 * Removes what killed writers left in a folder: the temporary names of `replaceFile` and of
 * `makeFolderAtomically`. Only for the one process that writes there.
 *
 * @param of only what was left of the file or folder of this name.
 */
export async function removeLeftovers(folder: string, of?: string): Promise<void> {
  const isLeftover = (name: string): boolean => {
    const [, whole] = /^(.*)\.part-[0-9a-f-]{36}$/.exec(name) ?? [];
    return whole !== undefined && (of === undefined || whole === of);
  };
  const leftovers = (await namesIn(folder)).filter(isLeftover);
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { recursive: true, force: true })));
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

/** Sets the time of a file to now; where there is none, or it may not be written to, nothing happens. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
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

/** Whether an error is the operating system's error of that code, for example 'ENOENT'. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await isFolder(to))) throw error;
  }
}

/** Windows cannot open a folder to flush it, and does not need to: its file system journals names. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
