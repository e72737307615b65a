import { stat } from 'node:fs/promises';
import { missingFile, missingFolder } from './errors.ts';

/** Makes sure that a folder the user named is there. Throws CliError 'missingFolder'. */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw missingFolder(path);
}

/** Makes sure that a file the user named is there. Throws CliError 'missingFile'. */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw missingFile(path);
}
