import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolderAtomically, namesIn, removeLeftovers, replaceFile } from '../../src/engine/files.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Fills a folder with one file of that text. */
function writeText(text: string) {
  return (folder: string): Promise<void> => {
    writeFileSync(join(folder, 'file'), text);
    return Promise.resolve();
  };
}

describe('replaceFile', () => {
  it('makes and replaces a file and leaves nothing beside it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    for (const text of ['one', 'two']) {
      await replaceFile(path, (file) => file.writeFile(text));
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('leaves the old file as it was when the new one cannot be written', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    await expect(replaceFile(join(path, 'below'), (file) => file.writeFile('new'))).rejects.toThrow();
    const half = replaceFile(path, async (file) => {
      await file.writeFile('ne');
      throw new Error('no');
    });
    await expect(half).rejects.toThrow('no');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('makeFolderAtomically', () => {
  it('makes the folder with all that was put into it, and nothing beside it', async () => {
    const parent = temporaryFolder();
    await makeFolderAtomically(join(parent, 'made'), writeText('first'));
    expect(readdirSync(parent)).toEqual(['made']);
    expect(readFileSync(join(parent, 'made', 'file'), 'utf8')).toBe('first');
  });

  it('makes nothing when filling fails', async () => {
    const parent = temporaryFolder();
    const work = makeFolderAtomically(join(parent, 'made'), () => Promise.reject(new Error('no')));
    await expect(work).rejects.toThrow('no');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('fails where a file stands in its place', async () => {
    const parent = temporaryFolder();
    writeFileSync(join(parent, 'made'), 'a file');
    await expect(makeFolderAtomically(join(parent, 'made'), writeText('first'))).rejects.toThrow('made');
    expect(readdirSync(parent)).toEqual(['made']);
  });

  it('keeps the folder that another process made meanwhile', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'made');
    await makeFolderAtomically(folder, async (temporary) => {
      await makeFolderAtomically(folder, writeText('theirs'));
      await writeText('ours')(temporary);
    });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('theirs');
    expect(readdirSync(parent)).toEqual(['made']);
  });
});

describe('removeLeftovers', () => {
  const ids = [randomUUID(), randomUUID()];
  it.each([
    { what: 'of one folder', of: 'made', kept: ['made', 'made.part-1', `more.made.part-${ids[0]}`] },
    { what: 'of all', of: undefined, kept: ['made', 'made.part-1'] },
  ])('removes what killed writers left $what, and only that', async ({ of, kept }) => {
    const parent = temporaryFolder();
    const left = [...ids.map((id) => `made.part-${id}`), `more.made.part-${ids[0]}`];
    for (const name of ['made', 'made.part-1', ...left]) mkdirSync(join(parent, name));
    await removeLeftovers(parent, of);
    expect(readdirSync(parent).sort()).toEqual(kept);
  });
});

describe('namesIn', () => {
  it('are none in a folder that is not there, and an error for a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(await namesIn(join(folder, 'none'))).toEqual([]);
    expect(await namesIn(folder)).toEqual(['file']);
    await expect(namesIn(join(folder, 'file'))).rejects.toThrow(/ENOTDIR/);
  });
});
