import { mkdir, realpath } from 'node:fs/promises';
import * as path from 'node:path';

/**
 * The innermost folder that all files are in; undefined where there is none: on two drives of Windows.
 *
 * @param system whose paths they are; absent: this one's.
 */
export function commonFolder(
  files: readonly string[],
  system: Pick<path.PlatformPath, 'dirname' | 'relative' | 'isAbsolute'> = path,
): string | undefined {
  let folder = system.dirname(files[0] ?? '.');
  while (files.some((file) => system.relative(folder, file).startsWith('..')))
    folder = system.dirname(folder);
  return files.some((file) => system.isAbsolute(system.relative(folder, file))) ? undefined : folder;
}

/** Whether a session may have weights of that folder, which is made if it is not there, beside those of that file. */
export async function isOnSameDrive(folder: string, file: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const [folderPath, filePath] = await Promise.all([realpath(folder), realpath(file)]);
  return commonFolder([path.join(folderPath, 'weights'), filePath]) !== undefined;
}
