import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namesIn, namingFullDisk, replaceFile } from '../../src/trainer/files.ts';
import { temporaryFolder } from './temporaryFolder.ts';

describe('replaceFile', () => {
  it('makes and replaces a file and leaves nothing beside it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    for (const text of ['one', 'two']) {
      await replaceFile(path, text);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('leaves the old file as it was when the new one cannot be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'old');
    await expect(replaceFile(join(folder, 'file', 'below'), 'new')).rejects.toThrow();
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
  });
});

describe('namingFullDisk', () => {
  it.each(['ENOSPC', 'EDQUOT'])('says that the disk is full on %s', async (code) => {
    const full = Object.assign(new Error('write'), { code });
    const write = namingFullDisk('/data/a', () => Promise.reject(full));
    await expect(write).rejects.toMatchObject({ reason: 'diskFull', cause: full });
    await expect(write).rejects.toThrow(/^The disk is full: \/data\/a .* Free some space/);
  });

  it('passes everything else through', async () => {
    const other = new Error('other');
    await expect(namingFullDisk('/data/a', () => Promise.reject(other))).rejects.toBe(other);
    expect(await namingFullDisk('/data/a', () => Promise.resolve(3))).toBe(3);
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
