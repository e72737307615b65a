import { symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { add } from '../../../src/engine/graph/build.ts';
import { GraphBuilder } from '../../../src/engine/graph/graphBuilder.ts';
import { servingGraph } from '../../../src/engine/model/servingGraph.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import { floatTensor } from '../../../src/engine/runtime/session.ts';
import { ensureInt8Weights, openInt8Weights } from '../../../src/engine/weights/int8Weights.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModel } from '../../support/tinyModel.ts';

/** A session whose device is lost at its first run. */
const losingSession = {
  run: () => Promise.reject(new Error('CUDA failure 999: unknown error')),
} as unknown as InferenceSession;

async function runOnce(device: 'cpu' | 'cuda') {
  vi.spyOn(InferenceSession, 'create').mockResolvedValue(losingSession);
  const g = new GraphBuilder();
  const x = g.input('x', [1]);
  const graph = g.finish({ y: add(g, x, x) });
  const session = await createOnnxSession(graph, [], { purpose: 'serve', threads: 1, device });
  return session.run({ x: floatTensor([1]) });
}

describe('a session that fails at work', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is the failure of its device, for which the CPU can stand in', async () => {
    const running = runOnce('cuda');
    await expect(running).rejects.toMatchObject({ reason: 'deviceFailed', details: { device: 'cuda' } });
    await expect(running).rejects.toThrow(
      /^CUDA stopped at work: CUDA failure 999: unknown error\. Set attune\.device to 'cpu'/,
    );
  });

  it('is a broken invariant on the CPU', async () => {
    await expect(runOnce('cpu')).rejects.toThrow(/^CUDA failure 999: unknown error$/);
  });
});

const convert = { signal: new AbortController().signal, onProgress: () => undefined };

/** Loads a tiny model whose float32 weights are found where `linkTo` puts them in a folder, its int8 weights beside that. */
async function loadOverLink(linkTo: (weightPath: string, folder: string) => string) {
  const { config, weights } = await writeTinyModel();
  const home = temporaryFolder();
  const weightPath = linkTo(weights.path, home);
  const source = { config, weightPath, bits: 8 } as const;
  await ensureInt8Weights(home, source, convert);
  const int8Weights = (await openInt8Weights(home, source))!;
  const graph = servingGraph(config, 64, { precision: 'int8', lora: undefined });
  const files = [int8Weights, { ...weights, path: weightPath }];
  const session = await createOnnxSession(graph, files, { purpose: 'serve', threads: 1 });
  await session.dispose();
}

describe('the weights of a session', () => {
  it('may lie behind a link to their folder, as in a cache on another disk', async () => {
    const loading = loadOverLink((path, folder) => {
      symlinkSync(dirname(path), join(folder, 'cache'), 'junction');
      return join(folder, 'cache', basename(path));
    });
    await expect(loading).resolves.toBeUndefined();
  });

  // Windows lets only some users link files.
  it.skipIf(process.platform === 'win32')('may be links, as in a snapshot of the hub', async () => {
    const loading = loadOverLink((path, folder) => {
      symlinkSync(path, join(folder, 'model.safetensors'));
      return join(folder, 'model.safetensors');
    });
    await expect(loading).resolves.toBeUndefined();
  });

  it('are named where they are gone', async () => {
    const gone = { path: join(temporaryFolder(), 'gone.safetensors'), tensors: new Map() };
    const { config } = await writeTinyModel();
    const graph = servingGraph(config, 64, { precision: 'float32', lora: undefined });
    await expect(createOnnxSession(graph, [gone], { purpose: 'serve', threads: 1 })).rejects.toMatchObject({
      reason: 'modelMissing',
    });
  });
});
