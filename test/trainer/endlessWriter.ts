/*
 * A process that saves adapters and checkpoints without end, for tests that kill it. It writes the
 * name of each thing to standard output once the store has said that it is kept.
 *
 *   node endlessWriter.ts FOLDER FIRST_NUMBER
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { saveCheckpoint } from '../../src/trainer/checkpoint.ts';
import { tinyAdapter } from './adapterFixture.ts';

const [folder = '', first = '0'] = process.argv.slice(2);
const store = new AdapterStore(join(folder, 'adapters'));
const vector = new Float32Array(20_000);

for (let number = Number(first); ; number++) {
  const adapter = tinyAdapter(`n${String(number).padStart(6, '0')}`);
  await store.save(adapter);
  await store.promote(adapter.manifest.adapterId);
  writeSync(1, `adapter ${adapter.manifest.adapterId}\n`);
  await saveCheckpoint(join(folder, 'checkpoint'), {
    progress: {
      formatVersion: 1,
      jobKey: 'job',
      startedAtMs: 0,
      stage: 'sft',
      step: number,
      stageSeconds: 0,
      randomStates: {},
      optimiserSteps: {},
      numbers: {},
      curves: {},
      finishedStages: [],
    },
    vectors: { theta: vector.fill(number) },
  });
  writeSync(1, `checkpoint ${number}\n`);
}
