import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of each file in a folder and below; none when there is no such folder. Files may come and go meanwhile. */
export async function fileSizes(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => sizeOf(join(parentPath, name))));
}

/** 0 when the file is gone. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
