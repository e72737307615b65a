import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './command.mjs';
import { needSpace, projectFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';

/** Brings node_modules to what package-lock.json says; nothing to do when it already is. */
export async function bringNpmPackages(folder = projectFolder) {
  const lock = readLock(join(folder, 'package-lock.json'));
  const installed = readLock(join(folder, 'node_modules', '.package-lock.json'));
  // An npm that was broken off takes packages away, and not from the list that another one wrote meanwhile.
  if (isInstalled(lock, installed) && installedShare(lock, folder) === 1) return;
  await needSpace('The npm packages', folder, 700);
  // Where NODE_ENV is production, or npm is told so, it would leave out what builds and tests.
  const install = () => npm('Installing the npm packages', ['ci', '--include=dev'], { cwd: folder });
  await withProgress('npm packages', install, () => installedShare(lock, folder));
}

/**
 * Whether an installation is the locked one, judged by the list that npm writes into node_modules
 * when it has finished: every locked package in its locked version, save those of other systems.
 */
export function isInstalled(lock, installed) {
  const wanted = Object.entries(lock).filter(([path]) => path !== '');
  return wanted.every(([path, { version, optional }]) => {
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version;
  });
}

/** How much of a lock file's packages is already unpacked, 0 to 1. */
export function installedShare(lock, folder) {
  const paths = Object.keys(lock).filter((path) => path !== '' && !lock[path].optional);
  return paths.filter((path) => existsSync(join(folder, path, 'package.json'))).length / paths.length;
}

/** The packages of a lock file by the folder each belongs in; none when there is no such file. */
export function readLock(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {};
}
