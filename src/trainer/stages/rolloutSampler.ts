import { resultsAt } from '../../completion/completeAt.ts';
import type { CompletionId, CompletionResult, WrittenText } from '../../completion/completion.ts';
import type { Policy } from '../../engine/policy.ts';
import { RandomStream } from '../../engine/random.ts';
import type { Tokenisation } from '../data/exampleTokens.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import type { RolloutPrompt } from './rolloutRewards.ts';
import { batchAt } from './batches.ts';
import type { SampleRollouts } from './ppo.ts';
import type { Rollout } from './ppoRollouts.ts';

/** What rollouts are made with. */
export interface RolloutSettings {
  readonly prompts: readonly RolloutPrompt[];
  /** The policy of an adapter, ready to write. */
  readonly policyOf: (theta: Float32Array) => Policy;
  /** The rewards of texts that would be shown at one prompt. */
  readonly rewardsOf: (prompt: RolloutPrompt, texts: readonly string[]) => Promise<number[]>;
  readonly tokenisation: Tokenisation;
  readonly ppo: Hyperparameters['ppo'];
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly breathe: () => Promise<void>;
}

/**
 * Samples completions for recorded prompts through the very pipeline that serves them, and rewards
 * the text that would have been shown: where that is nothing, the reward is that of silence.
 */
export function rolloutSampler(settings: RolloutSettings): SampleRollouts {
  return async (theta, iteration) => {
    const { prompts, ppo, seed } = settings;
    const policy = settings.policyOf(theta);
    const batchSize = Math.max(1, Math.round(ppo.rolloutsPerIteration / ppo.rolloutsPerPrompt));
    const chosen = batchAt(prompts, iteration, { epochs: 1, batchSize }, { seed, name: 'ppo prompts' });
    const seeds = RandomStream.named(seed, `ppo rollouts ${iteration}`);
    const groups: Rollout[][] = [];
    for (const prompt of chosen) {
      await settings.breathe();
      groups.push(await rolloutsAt(prompt, policy, seeds.nextUint32(), settings));
    }
    return groups;
  };
}

async function rolloutsAt(
  prompt: RolloutPrompt,
  policy: Policy,
  seed: number,
  { ppo, tokenisation, rewardsOf, signal }: RolloutSettings,
): Promise<Rollout[]> {
  const { prefix, suffix, languageId, instruction } = prompt;
  const { maxPromptTokens, maxNewTokens } = tokenisation;
  const request = {
    id: 'rollout' as CompletionId,
    ...{ prefix, suffix, languageId, instruction, seed, maxPromptTokens, maxNewTokens },
    ...{ trigger: 'automatic' as const, count: ppo.rolloutsPerPrompt, temperature: ppo.temperature },
  };
  const results = await resultsAt(request, policy, signal);
  signal.throwIfAborted();
  if (results.length === 0) return [];
  const rewards = await rewardsOf(prompt, results.map(textOf));
  return results.flatMap(({ written }, i) =>
    written === undefined ? [] : [toRollout(written, rewards[i]!, tokenisation)],
  );
}

function toRollout(
  { promptTokens, completionTokens, freeFrom }: WrittenText,
  reward: number,
  { maxNewTokens, tokenizer }: Tokenisation,
): Rollout {
  const hasRoom = completionTokens.length < maxNewTokens;
  return {
    sequence: { promptTokens, completionTokens, freeFrom },
    isFinished: hasRoom || tokenizer.stopTokens.has(completionTokens.at(-1)!),
    reward,
  };
}

function textOf(result: CompletionResult): string {
  return result.kind === 'completion' ? result.text : '';
}
