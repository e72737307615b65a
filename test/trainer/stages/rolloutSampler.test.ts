import { describe, expect, it } from 'vitest';
import { promptOf } from '../../../src/trainer/data/examples.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';
import type { RolloutPrompt } from '../../../src/trainer/stages/rolloutRewards.ts';
import { rolloutSampler, type RolloutSettings } from '../../../src/trainer/stages/rolloutSampler.ts';
import { ScriptedPolicy, type ScriptedText } from '../../support/fakePolicy.ts';
import { askedAt } from '../feedbackRecords.ts';

const theta = new Float32Array(0);

/** A sampler whose policy writes the texts, and what was asked on the way. */
function sampling(texts: readonly (string | ScriptedText)[], changes: Partial<RolloutSettings> = {}) {
  const policy = new ScriptedPolicy(texts);
  const judged: [prefix: string, texts: readonly string[]][] = [];
  const sample = rolloutSampler({
    prompts: [promptOf(askedAt('a = █\n', 1)), promptOf(askedAt('b = █\n', 2))],
    policyOf: () => policy,
    rewardsOf: ({ prefix }: RolloutPrompt, shown) => {
      judged.push([prefix, shown]);
      return Promise.resolve(shown.map(({ length }) => length));
    },
    tokenisation: { tokenizer: policy.tokenizer, maxPromptTokens: 64, maxNewTokens: 8 },
    ppo: { ...defaultHyperparameters.ppo, rolloutsPerIteration: 4, rolloutsPerPrompt: 2, temperature: 0.7 },
    seed: 1,
    signal: new AbortController().signal,
    breathe: () => Promise.resolve(),
    ...changes,
  });
  return { sample, policy, judged };
}

describe('rolloutSampler', () => {
  it('gives a group of rollouts for each prompt, sampled at the temperature that is trained for', async () => {
    const { sample, policy } = sampling(['foo', 'bar']);
    const groups = await sample(theta, 0);
    expect(groups.map(({ length }) => length)).toEqual([2, 2]);
    expect(policy.requests).toEqual([
      expect.objectContaining({ count: 2, temperature: 0.7, maxNewTokens: 8 }),
      expect.objectContaining({ count: 2, temperature: 0.7, maxNewTokens: 8 }),
    ]);
  });

  it('rewards the text that would have been shown, and keeps the tokens that were written', async () => {
    const { sample, policy, judged } = sampling(['foo;\nbar', '  ']);
    const [group] = await sample(theta, 0);
    expect(judged[0]![1]).toEqual(['foo;', '']);
    expect(group!.map(({ reward }) => reward)).toEqual([4, 0]);
    const texts = group!.map(({ sequence }) => policy.tokenizer.decode(sequence.completionTokens));
    expect(texts[0]).toMatch(/foo;\n/);
  });

  it('knows a rollout that was cut off from one that ended', async () => {
    const { sample } = sampling([{ text: 'qwertyuiopasdf' }, 'foo']);
    const [group] = await sample(theta, 0);
    expect(group!.map(({ isFinished }) => isFinished)).toEqual([false, true]);
    expect(group![0]!.sequence.completionTokens).toHaveLength(8);
  });

  it('skips a prompt where a completion would stand in the way', async () => {
    const inWord = promptOf(askedAt('con█sole.log();\n', 1));
    const { sample, policy, judged } = sampling(['foo'], { prompts: [inWord] });
    expect(await sample(theta, 0)).toEqual([[]]);
    expect([policy.requests, judged]).toEqual([[], []]);
  });

  it('draws the same for the same seed and iteration, and otherwise anew', async () => {
    const seedsOf = async (seed: number, iteration: number) => {
      const { sample, policy } = sampling(['foo'], { seed });
      await sample(theta, iteration);
      return policy.requests.map((request) => request.seed);
    };
    expect(await seedsOf(1, 0)).toEqual(await seedsOf(1, 0));
    expect(await seedsOf(1, 0)).not.toEqual(await seedsOf(1, 1));
    expect(await seedsOf(1, 0)).not.toEqual(await seedsOf(2, 0));
  });

  it('goes through all prompts before it comes to one again', async () => {
    const ppo = { ...defaultHyperparameters.ppo, rolloutsPerIteration: 2, rolloutsPerPrompt: 2 };
    const { sample, judged } = sampling(['foo'], { ppo });
    for (const iteration of [0, 1]) await sample(theta, iteration);
    expect(judged.map(([prefix]) => prefix).sort()).toEqual(['a = ', 'b = ']);
  });

  it('ends when it is cancelled, without rewarding half a text', async () => {
    const controller = new AbortController();
    controller.abort();
    const { sample, judged } = sampling(['foo'], { signal: controller.signal });
    await expect(sample(theta, 0)).rejects.toThrow(/abort/i);
    expect(judged).toEqual([]);
  });
});
