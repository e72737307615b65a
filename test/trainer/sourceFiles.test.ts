import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  dropSourceFiles,
  readSourceFiles,
  sourceFilesOfRun,
  type LearnFrom,
} from '../../src/trainer/sourceFiles.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const readFrom = (workspaceFolders: string[], more: Partial<LearnFrom> = {}) =>
  readSourceFiles({ excludedPatterns: [], ownLinesFirst: false, ...more, workspaceFolders });

const namesOf = (files: readonly { readonly documentUri: string }[]): string[] =>
  files.map(({ documentUri }) => basename(documentUri)).sort();

describe('readSourceFiles', () => {
  const read = async (files: Readonly<Record<string, string>>, excludedPatterns: string[] = []) =>
    namesOf(await readFrom([folderWith(files)], { excludedPatterns }));

  it('reads the source files of every folder', async () => {
    const workspaceFolders = [
      folderWith({ 'a.ts': 'a;\n', 'notes.txt': 'b' }),
      folderWith({ 'in/b.py': 'b\n' }),
    ];
    const files = await readFrom(workspaceFolders);
    expect(namesOf(files)).toEqual(['a.ts', 'b.py']);
    expect(files.find(({ languageId }) => languageId === 'python')).toMatchObject({ text: 'b\n' });
  });

  it('leaves out what the user excluded, what Git ignores and files that hold keys', async () => {
    const files = { 'a.ts': 'a;\n', 'mine.ts': 'b;\n', 'made/c.ts': 'c;\n', '.gitignore': 'made/\n' };
    expect(await read({ ...files, 'secrets.ts': 'd;\n' }, ['mine.ts'])).toEqual(['a.ts']);
  });

  it('leaves out files with a secret in their text', async () => {
    expect(
      await read({ 'a.ts': 'a;\n', 'b.ts': `const apiKey = 'k3J9x0QwZ8mB2vN7pL4rT6yH1cF5dG';\n` }),
    ).toEqual(['a.ts']);
  });

  it('says of each line when the user wrote it, where that is wanted', async () => {
    const folder = folderWith({ 'a.ts': 'a;\nb;\n' });
    for (const args of [
      ['init', '--quiet'],
      ['config', 'user.email', 'me@example.org'],
      ['config', 'user.name', 'Me'],
      ['add', '.'],
      ['-c', 'commit.gpgSign=false', 'commit', '--quiet', '-m', 'first'],
    ])
      execFileSync('git', ['-C', folder, ...args]);
    const [file] = await readFrom([folder], { ownLinesFirst: true });
    expect(file?.linesWritten).toEqual([expect.any(Number), expect.any(Number)]);
    const [plain] = await readFrom([folder]);
    expect(plain?.linesWritten).toBeUndefined();
  });

  it('reads nothing without folders', async () => {
    expect(await readFrom([])).toEqual([]);
  });
});

describe('the files of a run', () => {
  const fileOf = (text: string) => [{ documentUri: 'file:///a.ts', languageId: 'typescript', text }];
  const read = (text: string) => () => Promise.resolve(fileOf(text));

  it('stay what they were while there is a checkpoint to go on from', async () => {
    const checkpoint = join(temporaryFolder(), 'checkpoint');
    expect(await sourceFilesOfRun(checkpoint, read('old'))).toEqual(fileOf('old'));
    mkdirSync(checkpoint);
    writeFileSync(join(checkpoint, 'state'), '');
    await dropSourceFiles(checkpoint);
    expect(await sourceFilesOfRun(checkpoint, read('new'))).toEqual(fileOf('old'));
  });

  it('are read anew for a new run, and kept no longer than it lasts', async () => {
    const checkpoint = join(temporaryFolder(), 'checkpoint');
    await sourceFilesOfRun(checkpoint, read('old'));
    expect(await sourceFilesOfRun(checkpoint, read('new'))).toEqual(fileOf('new'));
    await dropSourceFiles(checkpoint);
    mkdirSync(checkpoint);
    writeFileSync(join(checkpoint, 'state'), '');
    expect(await sourceFilesOfRun(checkpoint, read('newest'))).toEqual(fileOf('newest'));
  });
});
