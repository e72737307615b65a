import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshLora, loraLayout, loraName } from '../../../src/engine/model/lora.ts';
import { ensureMergedWeights, mergeOf } from '../../../src/engine/model/mergedWeights.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { int8Names } from '../../../src/engine/weights/int8Weights.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';

const lora = { rank: 2, alpha: 4 };
const name = 'model.layers.0.self_attn.q_proj.weight';

/** An adapter in which every factor differs from 0. */
function randomAdapter(config: typeof tinyConfig) {
  const layout = loraLayout(config, lora);
  const random = RandomStream.named(7, 'adapter');
  const theta = freshLora(layout, random).map((value) => value + random.nextUniform() - 0.5);
  const factor = (which: 'A' | 'B') => {
    const { offset, shape } = layout.slots.find((slot) => slot.name === loraName(name, which))!;
    return { shape, at: (row: number, column: number) => theta[offset + row * shape[1]! + column]! };
  };
  return { adapter: { lora, theta }, a: factor('A'), b: factor('B') };
}

describe('mergeOf', () => {
  it('adds (alpha / rank) · B·A to a projection, whichever rows come', () => {
    const { adapter, a, b } = randomAdapter(tinyConfig);
    const inner = a.shape[1]!;
    const rows = new Float32Array(2 * inner);
    mergeOf(tinyConfig, adapter)(name)!(rows, 3);
    rows.forEach((value, i) => {
      const [row, column] = [3 + Math.floor(i / inner), i % inner];
      const product = b.at(row, 0) * a.at(0, column) + b.at(row, 1) * a.at(1, column);
      expect(value).toBeCloseTo(2 * product, 5);
    });
  });

  it('leaves the output head alone', () => {
    expect(mergeOf(tinyConfig, randomAdapter(tinyConfig).adapter)('lm_head.weight')).toBeUndefined();
  });
});

describe('ensureMergedWeights', () => {
  it('holds every projection, the ones kept in float32 too', async () => {
    const { config, weights } = await openModelFolder(await writeTinyModelFolder());
    const base = { config, weightPath: weights.path, bits: 8 } as const;
    const options = { signal: new AbortController().signal, onProgress: () => undefined };
    const folder = join(temporaryFolder(), 'merged');
    const { tensors } = await ensureMergedWeights(folder, base, randomAdapter(config).adapter, options);
    expect(tensors.get(int8Names.weight(name))?.type.name).toBe('I8');
    expect(tensors.get(name.replace('q_proj', 'v_proj'))?.type.name).toBe('F32');
    expect(tensors.has(int8Names.scale('lm_head.weight'))).toBe(true);
  });
});
