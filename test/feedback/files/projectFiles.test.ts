import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isProjectFile, readProjectFiles } from '../../../src/feedback/files/projectFiles.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Who runs as root may read everything: what is called `locked` refuses whoever asks. */
const refuseLocked = vi.hoisted(() => (path: unknown): void => {
  if (/locked[^/\\]*$/.test(String(path))) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
});
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const readFile = async (path: string) => (refuseLocked(path), real.readFile(path));
  const readdir = async (path: string) => (refuseLocked(path), real.readdir(path, { withFileTypes: true }));
  return { ...real, readFile, readdir };
});

/** A folder with those files in it, each a minute younger than the one before. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  Object.entries(files).forEach(([path, text], index) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    utimesSync(join(folder, path), 60 * index, 60 * index);
  });
  return folder;
}

/** Commits files as somebody did at that moment. */
function commit(folder: string, atSeconds: number, ...paths: string[]): void {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgSign=false'];
  const date = `@${atSeconds} +0000`;
  // In a hook, git's own variables name another repository.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(own), GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...identity, ...args], { env });
  git('init', '--quiet');
  git('add', '--', ...paths);
  git('commit', '--quiet', '-m', 'more');
}

const pathsOf = async (folder: string) =>
  (await readProjectFiles(folder, { mayAskGit: true })).map(({ path }) => path);

describe('readProjectFiles', () => {
  it('leaves out what is no UTF-8 and what was packed for machines', async () => {
    const folder = folderWith({
      'a.ts': 'é\n',
      'packed.js': `${'var a=1;'.repeat(100)}\n`,
      'one.js': 'a = 1',
    });
    writeFileSync(join(folder, 'latin.py'), Buffer.from([0x61, 0xe9, 0x0a]));
    writeFileSync(join(folder, 'wide.py'), Buffer.from('a = 1\n', 'utf16le'));
    expect(await pathsOf(folder)).toEqual(expect.arrayContaining(['a.ts', 'one.js']));
    expect(await pathsOf(folder)).toHaveLength(2);
  });

  it('gives source files with language and text, the oldest first, where there is no git', async () => {
    const folder = folderWith({ 'b.ts': 'b\r\nb\n', 'src/a.py': 'a\n' });
    expect(await readProjectFiles(folder, { mayAskGit: true })).toEqual([
      { path: 'b.ts', languageId: 'typescript', text: 'b\nb\n', addedAtMs: 0 },
      { path: 'src/a.py', languageId: 'python', text: 'a\n', addedAtMs: 60_000 },
    ]);
  });

  it.each([
    ['files', { 'locked.ts': 'l\n' }],
    ['folders', { 'locked/b.ts': 'b\n' }],
  ])('leaves out %s that it may not read', async (_, more) => {
    expect(await pathsOf(folderWith({ 'a.ts': 'a\n', ...more }))).toEqual(['a.ts']);
  });

  it('leaves out tracked files that it may not read', async () => {
    const folder = folderWith({ 'a.ts': 'a\n', 'locked.ts': 'l\n' });
    commit(folder, 1, 'a.ts', 'locked.ts');
    expect(await pathsOf(folder)).toEqual(['a.ts']);
  });

  it.each([
    ['of other kinds', 'notes.txt'],
    ['that were installed', 'node_modules/a/index.js'],
    ['that were built', 'packages/a/dist/a.js'],
    ['in hidden folders', '.cache/a.ts'],
  ])('leaves out files %s', async (_, path) => {
    expect(await pathsOf(folderWith({ [path]: 'x\n', 'kept.ts': 'x\n' }))).toEqual(['kept.ts']);
  });

  it('leaves out files that nobody wrote by hand, known by their size', async () => {
    expect(await pathsOf(folderWith({ 'large.ts': 'x'.repeat(200_001), 'small.ts': 'x' }))).toEqual([
      'small.ts',
    ]);
  });

  it('takes from git which files count and when each came, whatever their names', async () => {
    const folder = folderWith({ '@x/new.ts': '1', 'é.ts': '2', 'untracked.ts': '3' });
    commit(folder, 1000, 'é.ts');
    writeFileSync(join(folder, 'é.ts'), 'changed since');
    commit(folder, 3000, '@x/new.ts', 'é.ts');
    expect(
      (await readProjectFiles(folder, { mayAskGit: true })).map(({ path, addedAtMs }) => [path, addedAtMs]),
    ).toEqual([
      ['é.ts', 1_000_000],
      ['@x/new.ts', 3_000_000],
    ]);
  });

  it('takes all files as they lie on the disk where git may not be asked', async () => {
    const folder = folderWith({ 'new.ts': '1', 'untracked.ts': '2' });
    commit(folder, 3000, 'new.ts');
    expect(await readProjectFiles(folder, { mayAskGit: false })).toMatchObject([
      { path: 'new.ts', addedAtMs: 0 },
      { path: 'untracked.ts', addedAtMs: 60_000 },
    ]);
  });

  it('gives paths from the folder, also inside of a repository', async () => {
    const folder = folderWith({ 'other.ts': '1', 'part/a.ts': '2' });
    commit(folder, 1000, 'other.ts', 'part/a.ts');
    expect(await readProjectFiles(join(folder, 'part'), { mayAskGit: true })).toMatchObject([
      { path: 'a.ts', addedAtMs: 1_000_000 },
    ]);
  });

  it('reads the newest where there are more than wanted', async () => {
    const folder = folderWith({ 'a.ts': '1', 'b.ts': '2', 'c.ts': '3' });
    commit(folder, 1000, 'b.ts');
    commit(folder, 2000, 'a.ts');
    commit(folder, 3000, 'c.ts');
    const files = await readProjectFiles(folder, { maxFiles: 2, mayAskGit: true });
    expect(files.map(({ path }) => path)).toEqual(['a.ts', 'c.ts']);
  });
});

describe('isProjectFile', () => {
  it.each([
    { what: 'code', path: 'src/a.ts', text: 'a();\n', is: true },
    { what: 'what is no source', path: 'src/a.lock', text: 'a\n', is: false },
    { what: 'what others wrote', path: 'node_modules/a/a.ts', text: 'a();\n', is: false },
    { what: 'a large file', path: 'src/a.ts', text: 'a();\n'.repeat(50_000), is: false },
    { what: 'a packed file', path: 'src/a.js', text: 'a();'.repeat(500), is: false },
  ])('takes $what for $is', ({ path, text, is }) => {
    expect(isProjectFile(path, text)).toBe(is);
  });
});
