import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  alreadyThere,
  fileForFolder,
  folderForFile,
  folderToRead,
  missingFile,
  missingFolder,
} from './errors.ts';

/** Makes sure that a folder the user named is there. Throws CliError 'missingFolder'. */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw missingFolder(path);
  if (!found.isDirectory()) throw fileForFolder(path);
}

/** Makes sure that a file the user named is there, or a pipe that brings one. Throws CliError 'missingFile'. */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw missingFile(path);
  if (found.isDirectory()) throw folderToRead(path);
}

/** The text of a file, without the byte order mark that Windows' own programs begin one with. */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path));
}

/**
 * Makes sure that a file can be written where the user wants one, if they want one, before the work that it takes. Throws
 * CliError 'missingFolder', or 'badOptions' where a folder stands there.
 */
export async function requirePlaceOf(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  await requireFolder(dirname(resolve(file)));
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) throw folderForFile(file);
}

/** Makes sure that something new can be made at a path. Throws CliError 'missingFolder' or 'alreadyThere'. */
export async function requireNewPlace(path: string): Promise<void> {
  await requireFolder(dirname(resolve(path)));
  if (existsSync(path)) throw alreadyThere(path);
}
