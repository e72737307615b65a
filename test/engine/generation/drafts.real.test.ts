import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicy, type ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import { policyIdOf, type Generation } from '../../../src/engine/policy.ts';
import { openRealModel, readModelGolden, realModels } from '../../support/realModels.ts';
import { greedyRequest, writeOne } from '../../support/tinyPolicy.ts';

/** The text as it is written without drafts: of several continuations in one batch. */
async function withoutDrafts(policy: ModelPolicy, promptTokens: readonly number[]): Promise<Generation> {
  const request = greedyRequest(promptTokens, { count: 2, maxNewTokens });
  const [first] = await policy.generate(request, new AbortController().signal);
  return first!;
}

const maxNewTokens = 48;

const served = realModels.flatMap((id) => [
  { id, precision: 'float32' as const },
  { id, precision: 'int8' as const },
]);

describe.each(served)('$id in $precision', ({ id, precision }) => {
  let policy: ModelPolicy;

  beforeAll(async () => {
    const { int8Weights, ...model } = await openRealModel(id);
    policy = await loadPolicy(
      { ...model, ...(precision === 'int8' ? { int8Weights } : {}) },
      { id: policyIdOf(id, undefined), threads: 2 },
    );
  });

  afterAll(() => policy.dispose());

  it('continues ten real prompts with drafts token for token as without', async () => {
    const { prompts } = readModelGolden(id);
    expect(prompts).toHaveLength(10);
    for (const { text, tokens } of prompts) {
      // What a prompt shows twice, drafts foretell.
      const promptTokens = [...tokens, ...tokens];
      const drafted = await writeOne(policy, greedyRequest(promptTokens, { maxNewTokens }));
      const plain = await withoutDrafts(policy, promptTokens);
      expect(drafted.tokens, text).toEqual(plain.tokens);
    }
    expect(policy.effort.acceptedTokens).toBeGreaterThan(50);
  });
});
