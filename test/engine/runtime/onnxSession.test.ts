import { InferenceSession } from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { add } from '../../../src/engine/graph/build.ts';
import { GraphBuilder } from '../../../src/engine/graph/graphBuilder.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import { floatTensor } from '../../../src/engine/runtime/session.ts';

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
