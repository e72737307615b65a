import { loadPolicy, type ModelPolicy } from '../../src/engine/generation/modelPolicy.ts';
import { policyIdOf, type GenerateRequest, type Generation } from '../../src/engine/policy.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { FakeTokenizer } from './fakeTokenizer.ts';
import { tinyConfig, writeTinyModel } from './tinyModel.ts';

/** Loads policies of one tiny model of random weights: what one writes, every other one writes too. */
export async function tinyPolicies(
  seed = 1,
  tokenizer: Tokenizer = new FakeTokenizer({ merges: ['ab', 'abc', 'ba'] }),
): Promise<() => Promise<ModelPolicy>> {
  const config = { ...tinyConfig, vocabularySize: tokenizer.vocabularySize };
  const { weights } = await writeTinyModel(config, seed);
  return () => loadPolicy({ config, tokenizer, weights }, { id: policyIdOf('tiny', undefined), threads: 1 });
}

/** A greedy request for one continuation. */
export function greedyRequest(
  promptTokens: readonly number[],
  options: Partial<GenerateRequest> = {},
): GenerateRequest {
  return { promptTokens, typedText: '', count: 1, temperature: 0, maxNewTokens: 24, seed: 1, ...options };
}

/** The only continuation of a request. */
export async function writeOne(
  policy: ModelPolicy,
  request: GenerateRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Generation> {
  const [generation] = await policy.generate(request, signal);
  return generation!;
}
