import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolderOnce, needSpace } from '../../scripts/setup/folders.mjs';
import { SetupError } from '../../scripts/setup/setupError.mjs';

/** No process has it: Linux ends at 2^22. */
const deadPid = 2 ** 22 + 1;

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'attune-folders-'))));
afterEach(() => rmSync(root, { recursive: true }));

const fillWith = (text) => async (partial) => writeFileSync(join(partial, 'file'), text);

it('fills a folder once and leaves it alone afterwards', async () => {
  const folder = join(root, 'deep', 'tool');
  await makeFolderOnce(folder, fillWith('first'));
  await makeFolderOnce(folder, fillWith('second'));
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('first');
});

it('leaves nothing behind when filling fails', async () => {
  const fail = async (partial) => {
    await fillWith('half')(partial);
    throw new SetupError('No network.', 'Try again.');
  };
  await expect(makeFolderOnce(join(root, 'tool'), fail)).rejects.toThrow('No network.');
  expect(readdirSync(root)).toEqual([]);
});

it('clears what a killed run left behind, but nothing of a run that still goes on', async () => {
  const dead = join(root, `tool.partial-${deadPid}`);
  const alive = join(root, `tool.partial-${process.ppid}`);
  mkdirSync(dead);
  mkdirSync(alive);
  await makeFolderOnce(join(root, 'tool'), fillWith('whole'));
  expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
});

it('takes the folder of another run that was faster', async () => {
  const folder = join(root, 'tool');
  const overtaken = async (partial) => {
    await fillWith('slow')(partial);
    mkdirSync(folder);
    await fillWith('fast')(folder);
  };
  await makeFolderOnce(folder, overtaken);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('fast');
  expect(readdirSync(root)).toEqual(['tool']);
});

it('says what to do when the disk is full', async () => {
  const fail = () => Promise.reject(new Error('ENOSPC: no space left on device, write'));
  await expect(makeFolderOnce(join(root, 'tool'), fail)).rejects.toThrow(
    /could not be made[^]*free some space/,
  );
});

it('says what to do where the cache folder cannot be made, because it is a file', async () => {
  writeFileSync(join(root, 'cache'), '');
  await expect(makeFolderOnce(join(root, 'cache', 'toolchain', 'tool'), fillWith(''))).rejects.toThrow(
    /could not be made: ENOTDIR[^]*point ATTUNE_CACHE at a folder of yours/,
  );
});

it('refuses what does not fit on the disk, with both numbers', async () => {
  const needed = needSpace('A tool', join(root, 'not', 'yet', 'there'), 1e9);
  await expect(needed).rejects.toThrow(/needs 1000000000 MB below .*there, and only \d+ MB are free/);
});

it('lets through what fits on the disk', async () => {
  await expect(needSpace('A tool', root, 1)).resolves.toBeUndefined();
});
