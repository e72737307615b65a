import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ensureInt4Weights,
  int4Names,
  packRows,
  type Int4Weights,
} from '../../../src/engine/weights/int4Weights.ts';
import { modelTensors } from '../../../src/engine/weights/modelConfig.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { normals } from '../../support/graphCase.ts';
import { tinyDeviceConfig, writeTinyModel } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';

const convert = { signal: new AbortController().signal, onProgress: () => undefined };

/** The weights that packed rows stand for. */
function unpack({ packed, scale }: ReturnType<typeof packRows>): number[] {
  return Array.from(packed).flatMap((byte, i) => {
    const step = scale[Math.floor(i / 16)]!;
    return [((byte & 15) - 8) * step, ((byte >> 4) - 8) * step];
  });
}

describe('packRows', () => {
  it('keeps weights that lie on the steps of their block', () => {
    const row = Float32Array.from({ length: 32 }, (_, i) => ((i % 16) - 8) * 0.5);
    expect(unpack(packRows(row, 32))).toEqual(Array.from(row));
  });

  it('keeps a block of zeros', () => {
    expect(unpack(packRows(new Float32Array(32), 32)).every((weight) => weight === 0)).toBe(true);
  });

  it('fills the last block of each row up with zeros', () => {
    const rows = Float32Array.from([...new Array<number>(40).fill(-8), ...new Array<number>(40).fill(16)]);
    const [first, second] = [unpack(packRows(rows, 40)).slice(0, 64), unpack(packRows(rows, 40)).slice(64)];
    expect(first).toEqual(
      [...new Array<number>(40).fill(-8), ...new Array<number>(24).fill(0)].map((x) => x + 0),
    );
    expect(second.slice(0, 40)).toEqual(new Array<number>(40).fill(16));
    expect(second.slice(40).every((weight) => Math.abs(weight) === 0)).toBe(true);
  });

  it('is off by no more than a third of a step on average', () => {
    const { data } = normals(1, 4096);
    const packed = packRows(Float32Array.from(data), 64);
    const steps = unpack(packed).map((w, i) => Math.abs(w - data[i]!) / Math.abs(packed.scale[i >> 5]!));
    expect(steps.reduce((sum, step) => sum + step, 0) / steps.length).toBeLessThan(1 / 3);
  });
});

/** The bytes of the tensors in a file, without its header. */
function valuesIn({ path, tensors }: Int4Weights): Buffer {
  const [first] = [...tensors.values()];
  return readFileSync(path).subarray(first!.byteOffset);
}

describe('ensureInt4Weights', () => {
  it('makes the projections but the values, and the head, once', async () => {
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const { path, tensors } = await ensureInt4Weights(folder, convert);
    const projections = modelTensors(tinyDeviceConfig).filter(({ name }) =>
      /[qkog]_proj|up_proj|down_proj|gate_proj/.test(name),
    );
    const sources = [...projections.map(({ name }) => name), 'lm_head.weight'].filter((n) =>
      n.endsWith('.weight'),
    );
    expect([...tensors.keys()].sort()).toEqual(
      sources.flatMap((name) => [int4Names.weight(name), int4Names.scale(name)]).sort(),
    );
    const { ino, mtimeMs } = statSync(path);
    await ensureInt4Weights(folder, convert);
    expect(statSync(path)).toMatchObject({ ino, mtimeMs });
  });

  it('makes them again of weights that were replaced', async () => {
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const other = await writeTinyModelFolder(2, tinyDeviceConfig);
    await ensureInt4Weights(folder, convert);
    copyFileSync(join(other, 'model.safetensors'), join(folder, 'model.safetensors'));
    const made = [await ensureInt4Weights(folder, convert), await ensureInt4Weights(other, convert)];
    const [again, fresh] = made.map(valuesIn);
    expect(again).toEqual(fresh);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const cancelled = ensureInt4Weights(folder, { ...convert, signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    await expect(ensureInt4Weights(folder, convert)).resolves.toHaveProperty('tensors');
  });

  it('says so when the disk is full', async () => {
    const { weights } = await writeTinyModel();
    expect(dirname(weights.path)).toContain('attune');
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const full = ensureInt4Weights(folder, { ...convert, freeBytes: () => Promise.resolve(10) });
    expect((await engineFailure(full)).reason).toBe('diskFull');
  });
});
