import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadOnProvider, loadPolicyOn } from '../../../src/engine/generation/loadPolicyOn.ts';
import {
  createServingSession,
  type BaseModel,
  type MakeServingSession,
} from '../../../src/engine/generation/modelPolicy.ts';
import { cacheNames } from '../../../src/engine/model/servingGraph.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import type { Tensor } from '../../../src/engine/runtime/session.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { inEnglish } from '../../../src/sentences/sentence.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';

type Change = (data: Float32Array) => Float32Array;

/** CUDA as the CPU's session with one output changed, and which devices sessions were made for. */
function fakeCuda(changed: string, change: Change) {
  const made: string[] = [];
  const makeSession: MakeServingSession = async (model, options) => {
    made.push(options.device ?? 'cpu');
    const session = await createServingSession(
      { ...model, int8Weights: undefined },
      { ...options, device: 'cpu' },
    );
    if (options.device !== 'cuda') return session;
    return {
      run: async (feeds, outputs) => {
        const right = await session.run(feeds, outputs);
        const { dims, data } = right[changed]!;
        return { ...right, [changed]: { dims, data: change(data as Float32Array) } satisfies Tensor };
      },
      dispose: () => session.dispose(),
    };
  };
  return { made, makeSession };
}

const signal = new AbortController().signal;

async function tinyOptions() {
  const model: BaseModel = await openModelFolder(await writeTinyModelFolder());
  const convert = { signal, onProgress: () => undefined };
  const cacheFolder = temporaryFolder();
  const options = { id: policyIdOf('tiny', undefined), adapter: undefined, threads: 1, convert, cacheFolder };
  return { model, options: { ...options, choice: 'cuda' as const } };
}

describe('where the cache cannot be written', () => {
  /** Root may write to any folder, but nobody into a file. */
  async function unwritable() {
    const { model, options } = await tinyOptions();
    return { model, options: { ...options, cacheFolder: model.weights.path } };
  }

  it('the CPU serves, and a device is not tested', async () => {
    const { model, options } = await unwritable();
    const { policy, device, why } = await loadPolicyOn(model, { ...options, choice: 'auto' });
    onTestFinished(() => policy.dispose());
    expect(device).toBe('cpu');
    expect(inEnglish(why)).toContain(model.weights.path);
  });

  it('a device that was chosen serves, and is tried at each load', async () => {
    const { model, options } = await unwritable();
    const { made, makeSession } = fakeCuda('logits', (data) => data);
    const { policy } = await loadOnProvider(model, 'cuda', options, makeSession);
    onTestFinished(() => policy.dispose());
    expect(made).toEqual(['cuda', 'cpu', 'cuda']);
  });
});

describe('a device that takes the graph of the CPU', () => {
  it('writes once it gave the numbers of the CPU, which is tried a single time', async () => {
    const { model, options } = await tinyOptions();
    const { made, makeSession } = fakeCuda('logits', (data) => data.map((value) => 1.000_01 * value));
    const { policy, device } = await loadOnProvider(model, 'cuda', options, makeSession);
    onTestFinished(() => policy.dispose());
    expect(device).toBe('cuda');
    expect(made).toEqual(['cuda', 'cpu', 'cuda']);
    const again = await loadOnProvider(model, 'cuda', options, makeSession);
    onTestFinished(() => again.policy.dispose());
    expect(made.slice(3)).toEqual(['cuda']);
  });

  it.each<readonly [string, string, Change]>([
    ['wrong logits', 'logits', (data) => data.map((value) => 1.02 * value)],
    ['logits that are no numbers', 'logits', (data) => data.map((value, i) => (i === 0 ? NaN : value))],
    ['wrong keys in the cache', cacheNames.newKeys(0), (data) => data.map((value) => -value)],
  ])('is refused in words for %s, at every load', async (_, name, change) => {
    const { model, options } = await tinyOptions();
    const { made, makeSession } = fakeCuda(name, change);
    for (let load = 0; load < 2; load++)
      await expect(loadOnProvider(model, 'cuda', options, makeSession)).rejects.toThrow(
        /^CUDA computes wrong numbers: its logits differ from the CPU's by .* Set attune\.device to 'cpu'/,
      );
    expect(made).toEqual(['cuda', 'cpu', 'cuda', 'cpu']);
    expect(() => readFileSync(join(options.cacheFolder, 'devices.json'))).toThrow('ENOENT');
  });
});
