import { expect, it, onTestFinished } from 'vitest';
import { PredictionChildClient } from '../../../src/process/training/predictionChildClient.ts';
import { trainerChild } from '../children.ts';

function client(): PredictionChildClient {
  const made = new PredictionChildClient(trainerChild());
  onTestFinished(() => made.dispose());
  return made;
}

it('finds out in a process of its own how models of the catalogue run', async () => {
  const models = ['smollm2-135m', 'qwen2.5-coder-0.5b', '/a/file.gguf'];
  const predicted = await client().predictModels({ models, threads: 2 }, new AbortController().signal);
  const [small, large] = predicted;
  expect(predicted.map(({ model }) => model)).toEqual(['smollm2-135m', 'qwen2.5-coder-0.5b']);
  for (const { speed } of predicted) expect(Object.values(speed).every((value) => value > 0)).toBe(true);
  expect(small!.memoryBytes).toBeLessThan(large!.memoryBytes);
});

it('ends when nobody waits any more', async () => {
  const cancelled = new AbortController();
  const predicting = client().predictModels({ models: ['qwen2.5-coder-1.5b'], threads: 2 }, cancelled.signal);
  cancelled.abort();
  await expect(predicting).rejects.toMatchObject({ name: 'AbortError' });
});
