import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { kept, trainingFolder, workFolder } from '../../../bench/learning/resultFolders.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('gives the same folder for the same facts and another for others', () => {
  const results = temporaryFolder();
  const folder = workFolder(results, 'a-1 to a-2', { seed: 1 });
  expect(basename(folder)).toMatch(/^a-1-to-a-2-[0-9a-f]{12}$/);
  expect(workFolder(results, 'a-1 to a-2', { seed: 1 })).toBe(folder);
  expect(workFolder(results, 'a-1 to a-2', { seed: 2 })).not.toBe(folder);
  expect(trainingFolder(folder, { minutes: 1 })).not.toBe(trainingFolder(folder, { minutes: 2 }));
});

it('makes what is kept once', async () => {
  const path = join(temporaryFolder(), 'number.json');
  let made = 0;
  const make = () => Promise.resolve((made += 1));
  expect([await kept(path, z.number(), make), await kept(path, z.number(), make)]).toEqual([1, 1]);
});

it('makes anew what was not made to its end', async () => {
  const path = join(temporaryFolder(), 'number.json');
  await expect(kept(path, z.number(), () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
  writeFileSync(`${path}.new`, '1');
  expect(await kept(path, z.number(), () => Promise.resolve(7))).toBe(7);
});
