import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  dropSourceFiles,
  readSourceFiles,
  sourceFilesOfRun,
  type LearnFrom,
} from '../../../src/trainer/data/sourceFiles.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const readFrom = (workspaceFolders: string[], more: Partial<LearnFrom> = {}) =>
  readSourceFiles({
    ...{ isOff: false, refusedFolders: [], excludedPatterns: [] },
    ...{ mayAskGit: true, ownLinesFirst: false },
    ...more,
    workspaceFolders,
  });

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
    const [untrusted] = await readFrom([folder], { ownLinesFirst: true, mayAskGit: false });
    expect(untrusted).toEqual(plain);
  });

  it('reads nothing without folders', async () => {
    expect(await readFrom([])).toEqual([]);
  });
});

describe('the files of a run', () => {
  const learnFrom: LearnFrom = {
    ...{ isOff: false, refusedFolders: [], excludedPatterns: [] },
    ...{ mayAskGit: true, ownLinesFirst: true, workspaceFolders: [] },
  };
  const textsOf = (files: readonly { readonly text: string }[]): string[] =>
    files.map(({ text }) => text).toSorted();

  /** A run that was interrupted, after which its files say something else. */
  async function interrupted() {
    const folder = folderWith({ 'a.ts': 'old;\n', 'b.ts': 'old too;\n' });
    const checkpoint = join(temporaryFolder(), 'checkpoint');
    const begun = { learnFrom: { ...learnFrom, workspaceFolders: [folder] }, runKey: 'one' };
    const before = await sourceFilesOfRun(checkpoint, begun);
    mkdirSync(checkpoint);
    writeFileSync(join(checkpoint, 'state'), '');
    await dropSourceFiles(checkpoint);
    writeFileSync(join(folder, 'a.ts'), 'new;\n');
    const read = (changes: Partial<LearnFrom> = {}, runKey = begun.runKey) =>
      sourceFilesOfRun(checkpoint, { learnFrom: { ...begun.learnFrom, ...changes }, runKey });
    return { folder, checkpoint, before, read };
  }

  it('stay what they were while there is a checkpoint to go on from', async () => {
    const { before, read } = await interrupted();
    expect(textsOf(before)).toEqual(['old too;\n', 'old;\n']);
    expect(await read()).toEqual(before);
    expect(await read({ workspaceFolders: [folderWith({ 'c.ts': 'other;\n' })] })).toEqual(before);
  });

  it('are read anew for a new run, and kept no longer than it lasts', async () => {
    const folder = folderWith({ 'a.ts': 'old;\n' });
    const run = { learnFrom: { ...learnFrom, workspaceFolders: [folder] }, runKey: 'one' };
    const checkpoint = join(temporaryFolder(), 'checkpoint');
    const read = async () => textsOf(await sourceFilesOfRun(checkpoint, run));
    await read();
    writeFileSync(join(folder, 'a.ts'), 'new;\n');
    expect(await read()).toEqual(['new;\n']);
    await dropSourceFiles(checkpoint);
    mkdirSync(checkpoint);
    writeFileSync(join(checkpoint, 'state'), '');
    writeFileSync(join(folder, 'a.ts'), 'newest;\n');
    expect(await read()).toEqual(['newest;\n']);
  });

  it('are read anew for another run while the checkpoint of one is there', async () => {
    const { read } = await interrupted();
    expect(textsOf(await read({}, 'another'))).toEqual(['new;\n', 'old too;\n']);
  });

  it('are gone where the user turned learning from files off, also from the disk', async () => {
    const { checkpoint, read } = await interrupted();
    expect(await read({ isOff: true, workspaceFolders: [] })).toEqual([]);
    expect(readFileSync(`${checkpoint}-files.json`, 'utf8')).not.toContain('old;');
    expect(await read()).toEqual([]);
  });

  it('stay where the run goes on in a window without folders, or while their drive is away', async () => {
    const { folder, before, read } = await interrupted();
    expect(await read({ workspaceFolders: [] })).toEqual(before);
    rmSync(folder, { recursive: true });
    expect(await read({ workspaceFolders: [] })).toEqual(before);
  });

  it('are gone where the user does not let it learn in their workspace, and stay where that is another', async () => {
    const { folder, before, checkpoint, read } = await interrupted();
    const refused = (refusedFolders: string[]) => read({ workspaceFolders: [], refusedFolders });
    expect(await refused([temporaryFolder()])).toEqual(before);
    expect(await refused([folder])).toEqual([]);
    expect(readFileSync(`${checkpoint}-files.json`, 'utf8')).not.toContain('old;');
  });

  it('lack what the user excluded meanwhile, in the settings or beside it', async () => {
    const { folder, read } = await interrupted();
    expect(namesOf(await read({ excludedPatterns: ['/a.ts'] }))).toEqual(['b.ts']);
    writeFileSync(join(folder, '.attuneignore'), 'b.ts\n');
    expect(namesOf(await read())).toEqual([]);
  });

  it('say no more who wrote their lines where the user turned that off', async () => {
    const { checkpoint, read } = await interrupted();
    const path = `${checkpoint}-files.json`;
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"text":', '"linesWritten":[5],"text":'));
    expect((await read()).map(({ linesWritten }) => linesWritten)).toEqual([[5], [5]]);
    expect((await read({ ownLinesFirst: false })).map(({ linesWritten }) => linesWritten)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('are read anew where an older Attune kept them without saying whose they are', async () => {
    const { checkpoint, read } = await interrupted();
    writeFileSync(`${checkpoint}-files.json`, '[]');
    expect(textsOf(await read())).toEqual(['new;\n', 'old too;\n']);
  });
});
