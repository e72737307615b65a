import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readText, requireFile, requireFolder } from '../../src/cli/paths.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

it('reads a text without the byte order mark that it begins with', async () => {
  const path = join(temporaryFolder(), 'hyperparameters.json');
  writeFileSync(path, '\uFEFF{"a": "\uFEFF"}');
  expect(await readText(path)).toBe('{"a": "\uFEFF"}');
});

it.skipIf(process.platform === 'win32')('takes a pipe for a file, and a folder for none', async () => {
  const folder = temporaryFolder();
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(requireFile(join(folder, 'pipe'))).resolves.toBeUndefined();
  await expect(requireFile(folder)).rejects.toMatchObject({ reason: 'missingFile' });
});

it('says of a file in the place of a folder, and the other way round, that it is there', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'notes.txt');
  writeFileSync(file, '');
  await expect(requireFolder(file)).rejects.toThrow(`${file} is a file. Name a folder in its place.`);
  await expect(requireFile(folder)).rejects.toThrow(`${folder} is a folder. Name a file.`);
});
