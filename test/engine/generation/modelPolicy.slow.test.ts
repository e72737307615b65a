import { describe, expect, it } from 'vitest';
import type { ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import type { GenerateRequest, Generation } from '../../../src/engine/policy.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { greedyRequest, tinyPolicies, writeOne } from '../../support/tinyPolicy.ts';

/** One row of a product sums in another order than eight. */
const float32Noise = 1e-4;

const modelSeeds = [1, 2, 3];
const requestsPerModel = 40;

/** A batch is written without drafts. */
async function withoutDrafts(policy: ModelPolicy, request: GenerateRequest): Promise<Generation> {
  const [first] = await policy.generate({ ...request, count: 2 }, new AbortController().signal);
  return first!;
}

function expectSame(actual: Generation, expected: Generation): void {
  const { logProbs, ...rest } = actual;
  const { logProbs: expectedLogProbs, ...expectedRest } = expected;
  expect(rest).toEqual(expectedRest);
  expectClose(logProbs, expectedLogProbs, float32Noise);
}

/** Prompts of random bytes, of few letters, and of passages of few letters that come again. */
function randomPrompt(stream: RandomStream, kind: number): number[] {
  const token = (): number => (kind === 0 ? stream.nextBelow(256) : 97 + stream.nextBelow(4));
  const passage = Array.from({ length: 2 + stream.nextBelow(12) }, token);
  return kind < 2 ? passage : [...passage, ...passage, ...passage.slice(0, 3), ...passage];
}

/** Requests that are held to a text, stopped, or neither, with references or without. */
function randomRequest(stream: RandomStream, index: number): GenerateRequest {
  const stopAt = 1 + stream.nextBelow(12);
  return greedyRequest(randomPrompt(stream, index % 3), {
    typedText: ['', 'ab', 'é', 'cab'][stream.nextBelow(4)]!,
    maxNewTokens: 1 + stream.nextBelow(32),
    ...(index % 2 === 0 ? { references: ['abcab\ncabcabab', 'ab'.repeat(stream.nextBelow(20))] } : {}),
    ...(index % 4 === 0 ? { shouldStop: (text: string) => text.length >= stopAt } : {}),
  });
}

describe('a greedy continuation', () => {
  it.each(modelSeeds)('is token for token what it is without drafts, model %i', async (seed) => {
    const stream = RandomStream.named(seed, 'requests');
    const load = await tinyPolicies(seed);
    const [drafting, plain] = [await load(), await load()];
    for (let i = 0; i < requestsPerModel; i++) {
      const request = randomRequest(stream, i);
      expectSame(await writeOne(drafting, request), await withoutDrafts(plain, request));
    }
    const { draftedTokens, acceptedTokens } = drafting.effort;
    // Both must have happened often: drafts that hold, and drafts that do not.
    expect(acceptedTokens).toBeGreaterThan(50);
    expect(draftedTokens - acceptedTokens).toBeGreaterThan(50);
  });
});
