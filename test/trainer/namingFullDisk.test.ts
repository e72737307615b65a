import { describe, expect, it } from 'vitest';
import { namingFullDisk } from '../../src/trainer/namingFullDisk.ts';

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
