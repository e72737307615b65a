import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isFolder } from './pathKind.ts';

/**
 * Makes `folder` appear with everything `fill` puts into it, or not at all: it is filled under
 * another name beside it, brought to the disk, then renamed. When another process made the same
 * folder meanwhile, theirs stays.
 */
export async function makeFolderAtomically(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${folder}${temporaryMark}${randomUUID()}`;
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

const temporaryMark = '.part-';

/** Removes what killed attempts to make `folder` left beside it. Only for whoever holds the folder's lock. */
export async function removeLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  const names = await readdir(parent);
  const leftovers = names.filter((name) => name.startsWith(`${basename(folder)}${temporaryMark}`));
  await Promise.all(leftovers.map((name) => rm(join(parent, name), { recursive: true, force: true })));
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
