import { join } from 'node:path';
import { expect, it } from 'vitest';
import { trainOnce } from '../../../bench/precision/trainOnce.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';

const fileOf = (name: string) => ({
  documentUri: `file:///${name}.py`,
  path: `${name}.py`,
  languageId: 'python',
  text: Array.from({ length: 300 }, (_, i) => `value_${i} = compute(${i}, ${name})\n`).join(''),
});

it('lowers the loss on files that it did not learn from, to the same bits each time', async () => {
  const base = await openModelFolder(await writeTinyModelFolder(1, { ...tinyConfig, maxPositions: 1024 }));
  const run = async () => {
    const steps: string[] = [];
    const loss = await trainOnce({
      ...{ base, precision: 'float32', steps: 8, seed: 3, threads: 1 },
      ...{ learned: [fileOf('a'), fileOf('b')], heldOut: [fileOf('c')] },
      folder: join(temporaryFolder(), 'checkpoint'),
      signal: new AbortController().signal,
      onStep: (note) => steps.push(note),
    });
    return { loss, steps };
  };
  const first = await run();
  expect(first.steps.length).toBe(8);
  expect(first.loss.after).toBeLessThan(first.loss.before);
  expect(await run()).toEqual(first);
});
