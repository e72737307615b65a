import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicy, type ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import { policyIdOf, type Generation } from '../../../src/engine/policy.ts';
import { commonLength } from '../../../src/engine/commonLength.ts';
import { openRealModel, readModelGolden, realModels } from '../../support/realModels.ts';
import { greedyRequest, writeOne } from '../../support/tinyPolicy.ts';

/** The text as it is written without drafts: of several continuations in one batch. */
async function withoutDrafts(policy: ModelPolicy, promptTokens: readonly number[]): Promise<Generation> {
  const request = greedyRequest(promptTokens, { count: 2, maxNewTokens });
  const [first] = await policy.generate(request, new AbortController().signal);
  return first!;
}

const maxNewTokens = 32;

/**
 * In int8 the last bit of a sum can turn a rounding, and what follows is rounded otherwise: now and
 * then log-probabilities move by tenths, as they do when a prompt is read in other pieces.
 */
const maxMeanDifference = 0.1;

describe.each(realModels)('%s', (id) => {
  const { prompts } = readModelGolden(id);
  // What a prompt shows twice, drafts foretell.
  const promptsTwice = prompts.map(({ tokens }) => [...tokens, ...tokens]);

  describe.each(['float32', 'int8'])('in %s', (precision) => {
    let policy: ModelPolicy;

    beforeAll(async () => {
      const { int8Weights, ...model } = await openRealModel(id);
      policy = await loadPolicy(
        { ...model, ...(precision === 'int8' ? { int8Weights } : {}) },
        { id: policyIdOf(id, undefined), threads: 2 },
      );
    });

    afterAll(() => policy.dispose());

    it('continues ten real prompts with drafts as without', async () => {
      expect(prompts).toHaveLength(10);
      const differences: number[] = [];
      for (const promptTokens of promptsTwice) {
        // Both begin with the same keys and values.
        await writeOne(policy, greedyRequest(promptTokens, { maxNewTokens: 1 }));
        const drafted = await writeOne(policy, greedyRequest(promptTokens, { maxNewTokens }));
        const plain = await withoutDrafts(policy, promptTokens);
        if (precision === 'float32') expect(drafted.tokens).toEqual(plain.tokens);
        for (let i = 0; i < commonLength(drafted.tokens, plain.tokens); i++)
          differences.push(Math.abs(drafted.logProbs[i]! - plain.logProbs[i]!));
      }
      const total = differences.reduce((sum, difference) => sum + difference, 0);
      expect(total / differences.length).toBeLessThan(maxMeanDifference);
      expect(policy.effort.acceptedTokens).toBeGreaterThan(20);
    });
  });
});
