import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freeBytesOf, makeWritable, withDiskSpace } from '../../../src/engine/weights/diskSpace.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

function failWith(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error('write failed'), { code }));
}

describe('withDiskSpace', () => {
  const full = { neededBytes: 3e6, freeBytes: () => Promise.resolve(2e6) };
  const roomy = { neededBytes: 3e6, freeBytes: () => Promise.resolve(4e6) };

  it('makes the folder and gives what is written', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(await withDiskSpace({ folder, ...roomy }, () => Promise.resolve('done'))).toBe('done');
    expect(existsSync(folder)).toBe(true);
  });

  it('writes nothing where it does not fit, and says both numbers', async () => {
    const write = () => Promise.reject(new Error('must not be called'));
    const { reason, message } = await engineFailure(
      withDiskSpace({ folder: temporaryFolder(), ...full }, write),
    );
    expect(reason).toBe('diskFull');
    expect(message).toContain('3 MB are needed and 2 MB are free');
  });

  it.each(['ENOSPC', 'EDQUOT'])(
    'gives the same error when the disk fills up on the way (%s)',
    async (code) => {
      const work = withDiskSpace({ folder: temporaryFolder(), ...roomy }, () => failWith(code));
      expect((await engineFailure(work)).reason).toBe('diskFull');
    },
  );

  it('passes other failures on', async () => {
    const work = withDiskSpace({ folder: temporaryFolder(), ...roomy }, () => failWith('EACCES'));
    await expect(work).rejects.toThrow('write failed');
  });

  it('knows what is free on the real disk', async () => {
    expect(await freeBytesOf(temporaryFolder())).toBeGreaterThan(0);
  });
});

describe('makeWritable', () => {
  it('makes the folder', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    await makeWritable(folder);
    expect(existsSync(folder)).toBe(true);
  });

  it('says where nothing can be written', async () => {
    // Not even the administrator, as whom tests may run, makes a folder in a file.
    const folder = join(fileIn(temporaryFolder()), 'attune');
    const { reason, message } = await engineFailure(makeWritable(folder));
    expect(reason).toBe('notWritable');
    expect(message).toBe(
      `Models cannot be kept in ${folder}: nothing can be written there. Look at its permissions, or set ATTUNE_CACHE to another folder.`,
    );
  });
});

function fileIn(folder: string): string {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  return path;
}
