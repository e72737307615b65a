import { expect } from 'vitest';
import type { PromptCaches } from '../../src/engine/generation/promptCaches.ts';
import { cachedHeadSize } from '../../src/engine/model/paddedHeads.ts';
import { cacheNames } from '../../src/engine/model/servingGraph.ts';
import { floatTensor, int32Tensor, type Session, type Tensor } from '../../src/engine/runtime/session.ts';
import type { ModelConfig } from '../../src/engine/weights/modelConfig.ts';

/** A session of a model's serving graph that computes nothing: every key and value is 0. */
export function idleSession(config: ModelConfig): Session {
  const { layerCount, kvHeadCount } = config;
  return {
    run: ({ tokens }) => {
      const count = tokens!.data.length;
      const rows = floatTensor(new Float32Array(kvHeadCount * count * cachedHeadSize(config)));
      const outputs: Record<string, Tensor> = {
        likeliest: int32Tensor([0]),
        likeliestLogit: floatTensor([0]),
        logSumExp: floatTensor([0]),
      };
      for (let layer = 0; layer < layerCount; layer++)
        outputs[cacheNames.newKeys(layer)] = outputs[cacheNames.newValues(layer)] = rows;
      return Promise.resolve(outputs);
    },
    dispose: () => Promise.resolve(),
  };
}

/** Computes what of a prompt is not at hand, and as many tokens behind it as were written; gives how many were at hand. */
export async function readThrough(
  caches: PromptCaches,
  prompt: readonly number[],
  written: readonly number[] = [],
): Promise<number> {
  const text = caches.take(prompt, prompt.length - 1);
  const known = text.tokens.length;
  const pass = { wantedRows: 1, temperature: 0, needsLogits: false, onlyAscii: false };
  await text.append(prompt.slice(known), pass);
  for (const token of written) await text.append([token], pass);
  expect(text.tokens).toEqual([...prompt, ...written]);
  return known;
}
