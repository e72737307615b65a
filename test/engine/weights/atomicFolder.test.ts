import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolderAtomically, removeLeftovers } from '../../../src/engine/weights/atomicFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Fills a folder with one file of that text. */
function writeText(text: string) {
  return (folder: string): Promise<void> => {
    writeFileSync(join(folder, 'file'), text);
    return Promise.resolve();
  };
}

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
  it('removes what killed attempts left, and only that', async () => {
    const parent = temporaryFolder();
    for (const name of ['made', 'made.part-1', 'made.part-2', 'other.part-1']) mkdirSync(join(parent, name));
    await removeLeftovers(join(parent, 'made'));
    expect(readdirSync(parent).sort()).toEqual(['made', 'other.part-1']);
  });
});
