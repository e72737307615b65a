import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  forgetAllKeptWork,
  forgetKeptWork,
  forgetLearned,
} from '../../../src/process/exchange/forgetting.ts';
import { dataPathsIn } from '../../../src/process/dataFolder.ts';
import { sourceFilesOfRun } from '../../../src/trainer/data/sourceFiles.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('forgets the files that an interrupted retraining read', async () => {
  const folder = temporaryFolder();
  const paths = { adapters: join(folder, 'adapters'), checkpoint: join(folder, 'checkpoint') };
  const learnFrom = {
    ...{ isOff: false, refusedFolders: [], excludedPatterns: [] },
    ...{ workspaceFolders: [], mayAskGit: true, ownLinesFirst: false },
  };
  await sourceFilesOfRun(paths.checkpoint, { learnFrom, runKey: '' });
  expect(existsSync(join(folder, 'checkpoint-files.json'))).toBe(true);
  await forgetKeptWork(paths, ({ documentUri }) => documentUri === 'file:///other.ts');
  expect(existsSync(join(folder, 'checkpoint-files.json'))).toBe(false);
  await forgetKeptWork(paths);
});

it('forgets what went wrong and what travelled with all work, and not with some of it', async () => {
  const paths = dataPathsIn(temporaryFolder());
  const areThere = () => [paths.problems, paths.cluster].map((path) => existsSync(path));
  writeFileSync(paths.problems, '[]');
  mkdirSync(join(paths.cluster, 'export'), { recursive: true });
  await forgetKeptWork(paths, () => true);
  expect(areThere()).toEqual([true, true]);
  await forgetAllKeptWork(paths);
  await forgetAllKeptWork(paths);
  expect(areThere()).toEqual([false, false]);
});

it('forgets every adapter and what an interrupted retraining had learned', async () => {
  const paths = dataPathsIn(temporaryFolder());
  for (const folder of [paths.adapters, paths.checkpoint]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'file'), '');
  }
  await forgetLearned(paths);
  await forgetLearned(paths);
  expect([paths.adapters, paths.checkpoint].map((folder) => existsSync(folder))).toEqual([false, false]);
});
