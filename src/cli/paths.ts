import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { alreadyThere, missingFile, missingFolder } from './errors.ts';

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

/** Makes sure that nothing is overwritten. Throws CliError 'alreadyThere'. */
export function requireNothingAt(path: string): void {
  if (existsSync(path)) throw alreadyThere(path);
}
