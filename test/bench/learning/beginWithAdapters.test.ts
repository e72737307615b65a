import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { beginWithAdapters } from '../../../bench/learning/beginWithAdapters.ts';
import { retrainingPathsIn, type RetrainingTask } from '../../../bench/learning/retrainingTask.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** A folder in which a run was killed after it had promoted its adapter, and before it forgot its checkpoint. */
function arrange() {
  const folder = temporaryFolder();
  const { adapters, sftAdapters, finalAdapters, checkpoint } = retrainingPathsIn(folder);
  for (const place of [adapters, sftAdapters, finalAdapters, checkpoint]) {
    mkdirSync(place);
    writeFileSync(join(place, 'left'), '');
  }
  const task: RetrainingTask = {
    ...{
      modelFolder: '',
      baseModelId: 'tiny',
      storePath: '',
      sourceFilesPath: '',
      shownFilesPath: undefined,
    },
    ...{ folder, adaptersBefore: undefined, hyperparameters: {} },
    ...{ limits: { maxPromptTokens: 1, maxNewTokens: 1 }, seed: 1, threads: 1 },
  };
  return { task, adapters, sftAdapters, finalAdapters, checkpoint };
}

it('begins without what a run promoted that was killed, and goes on from its checkpoint', () => {
  const { task, adapters, sftAdapters, finalAdapters, checkpoint } = arrange();
  beginWithAdapters(task);
  expect([adapters, sftAdapters, finalAdapters].filter((place) => existsSync(place))).toEqual([]);
  expect(readdirSync(checkpoint)).toEqual(['left']);
});

it('begins with the adapters that there were before', () => {
  const { task, adapters } = arrange();
  const adaptersBefore = temporaryFolder();
  writeFileSync(join(adaptersBefore, 'before'), '');
  beginWithAdapters({ ...task, adaptersBefore });
  expect(readdirSync(adapters)).toEqual(['before']);
});
