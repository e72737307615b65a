import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureInt8Weights, openInt8Weights } from '../../../src/engine/weights/int8Weights.ts';
import { openRealModel, realModels } from '../../support/realModels.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tokenLoss } from '../../support/tokenLoss.ts';

/** What int8 may cost: more, and completions would be worse for being faster. */
const maxLossIncrease = 0.02;

function expectNearly(int8: number, float32: number): void {
  expect(int8 / float32 - 1, `${int8} nats a token instead of ${float32}`).toBeLessThan(maxLossIncrease);
  expect(int8).not.toBe(float32);
}

describe.each(realModels)('%s served in int8', (id) => {
  it('reads real code nearly as well as in float32', async () => {
    const model = await openRealModel(id);
    const float32 = await tokenLoss(model, 'float32');
    expect(float32).toBeGreaterThan(0.5);
    expect(float32).toBeLessThan(4);
    expectNearly(await tokenLoss(model, 'int8'), float32);
  });
});

describe.each(realModels)('%s served in 7 bits, as where a processor takes no more', (id) => {
  it('reads real code nearly as well as in float32', async () => {
    const model = await openRealModel(id);
    const folder = temporaryFolder();
    const source = { config: model.config, weightPath: model.weights.path, bits: 7 } as const;
    const signal = new AbortController().signal;
    await ensureInt8Weights(folder, source, { signal, onProgress: () => undefined });
    const int8Weights = (await openInt8Weights(folder, source))!;
    expect(dirname(int8Weights.path)).toBe(folder);
    expectNearly(await tokenLoss({ ...model, int8Weights }, 'int8'), await tokenLoss(model, 'float32'));
  });
});
