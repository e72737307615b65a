import { describe, expect, it } from 'vitest';
import type { ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import type { GenerateRequest, Generation } from '../../../src/engine/policy.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { greedyRequest, tinyPolicies, writeOne } from '../../support/tinyPolicy.ts';

/** One row of a product sums in another order than eight. */
const float32Noise = 1e-4;

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

/** Prompts of random tokens, of a few tokens over and over, and of passages that come again. */
function randomPrompt(stream: RandomStream, kind: number): number[] {
  const letters = kind === 0 ? 256 : 4;
  const token = (): number => 97 + stream.nextBelow(letters) - (kind === 0 ? 97 : 0);
  const passage = Array.from({ length: 2 + stream.nextBelow(12) }, token);
  return kind < 2 ? passage : [...passage, ...passage, ...passage.slice(0, 3), ...passage];
}

describe('a greedy continuation', () => {
  it('is token for token what it is without drafts', async () => {
    const stream = RandomStream.named(1, 'prompts');
    let accepted = 0;
    for (const seed of [1, 2, 3]) {
      const load = await tinyPolicies(seed);
      const [drafting, plain] = [await load(), await load()];
      for (let i = 0; i < 30; i++) {
        const request = greedyRequest(randomPrompt(stream, i % 3));
        expectSame(await writeOne(drafting, request), await withoutDrafts(plain, request));
      }
      accepted += drafting.effort.acceptedTokens;
    }
    expect(accepted).toBeGreaterThan(200);
  });
});
