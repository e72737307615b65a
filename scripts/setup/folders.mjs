import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { remedyFor, SetupError } from './setupError.mjs';

/** The checkout. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Where this user keeps what Attune brought, shared by all checkouts: the engine's `userCacheFolder`. */
export function cacheFolder() {
  const { ATTUNE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (ATTUNE_CACHE) return ATTUNE_CACHE;
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'attune', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'attune');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'attune');
}

/** Where the programs lie that Attune is built and tested with. */
export function toolchainFolder(name) {
  return join(cacheFolder(), 'toolchain', name);
}

/**
 * Refuses to begin what cannot end: npm itself passes over a full disk and leaves broken files.
 *
 * @param {string} title what needs the space
 * @param {string} folder where; it need not exist yet
 * @param {number} megabytes measured, and rounded up
 */
export async function needSpace(title, folder, megabytes) {
  const { bavail, bsize } = await statfs(nearestExisting(folder));
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= megabytes) return;
  throw new SetupError(
    `${title} needs ${megabytes} MB below ${folder}, and only ${free} MB are free there.`,
    'Free some space, or point ATTUNE_CACHE at a folder on another disk, and run the same command again.',
  );
}

function nearestExisting(folder) {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

/**
 * Makes a folder that is either there whole or not at all: filled beside its place under a name of
 * this process, then renamed. What an interrupted run left behind is cleared away first; when two
 * runs make it at once, the first one wins and both use it.
 *
 * @param {string} folder
 * @param {(partial: string) => Promise<void>} fill
 */
export async function makeFolderOnce(folder, fill) {
  if (existsSync(folder)) return;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await clearLeftovers(folder);
    await fillAndRename(folder, fill);
  } catch (error) {
    if (existsSync(folder)) return;
    throw error instanceof SetupError ? error : folderError(folder, error);
  }
}

async function fillAndRename(folder, fill) {
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await mkdir(partial);
    await fill(partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

function folderError(folder, error) {
  return new SetupError(`The folder ${folder} could not be made: ${error.message}`, remedyFor(error.message));
}

async function clearLeftovers(folder) {
  const prefix = `${basename(folder)}.partial-`;
  const names = await readdir(dirname(folder));
  const stale = names.filter(
    (name) => name.startsWith(prefix) && !isRunning(Number(name.slice(prefix.length))),
  );
  await Promise.all(stale.map((name) => rm(join(dirname(folder), name), { recursive: true, force: true })));
}

/** Whether a process of that id lives; one of another user counts. */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
