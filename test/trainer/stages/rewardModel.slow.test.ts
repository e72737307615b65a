import { describe, expect, it } from 'vitest';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { pairwiseLoss } from '../../../src/trainer/stages/preferenceLoss.ts';
import {
  headWeights,
  newRewardTheta,
  runRewardModel,
  withMeanHead,
  type PreferenceSequences,
} from '../../../src/trainer/stages/rewardModel.ts';
import { cautiousReward } from '../../../src/trainer/stages/rewards.ts';
import { scoreHeads } from '../../../src/trainer/stages/scoring.ts';
import { newTrainee } from '../../../src/trainer/stages/trainee.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { scoreRewards } from '../../support/scoreRewards.ts';
import { makeTinyTrainer } from '../../support/tinyTrainer.ts';

const hyperparameters = hyperparametersSchema.parse({
  reward: { learningRate: 0.01, epochs: 4, batchSize: 4, warmupSteps: 0, centring: 0, heads: 1 },
});

/** Completions with more of token 7 are better. */
const preferences: PreferenceSequences[] = Array.from({ length: 24 }, (_, i) => ({
  sequences: [
    [7, 7],
    [7, 3 + i],
    [4 + i, 5],
  ].map((completion) => ({
    promptTokens: [1, 2 + i],
    completionTokens: [...completion.map((token) => token % 32), 0],
    freeFrom: 0,
  })),
  pairs: [
    [0, 1],
    [0, 2],
    [1, 2],
  ],
  labelSmoothing: 0,
}));

async function trained(data: readonly PreferenceSequences[], settings = hyperparameters) {
  const trainer = await makeTinyTrainer();
  const { heads } = settings.reward;
  const { model, theta } = newRewardTheta(trainer.model, trainer.theta, { seed: 1, heads });
  const rewardModel = newTrainee(model, theta);
  const runtime = trainer.runtime();
  await runRewardModel(rewardModel, data, settings, runtime);
  return { trainer, rewardModel, curves: runtime.state.curves };
}

describe('runRewardModel', () => {
  it('learns to order completions, also for a prompt it never saw', async () => {
    const { trainer, rewardModel, curves } = await trained(preferences);
    expect(curves['accuracy']!.at(-1)).toBeGreaterThan(0.9);
    const sequences = [
      [7, 7, 0],
      [9, 5, 0],
    ].map((completionTokens) => ({ promptTokens: [1, 30], completionTokens, freeFrom: 0 }));
    const [good, bad] = await scoreRewards(trainer.sessions, rewardModel, sequences);
    expect(good!).toBeGreaterThan(bad!);
  });

  it('starts with the pairwise loss of its own scores, smoothing and centring included', async () => {
    const [group] = preferences;
    const smoothed = { ...group!, labelSmoothing: 0.1 };
    const still = { ...hyperparameters.reward, learningRate: 0, epochs: 1, centring: 0.01 };
    const { curves, trainer } = await trained([smoothed], hyperparametersSchema.parse({ reward: still }));
    const scorer = newRewardTheta(trainer.model, trainer.theta, { seed: 1, heads: 1 });
    const scores: number[] = [];
    for (const sequence of smoothed.sequences) {
      scores.push(...(await scoreRewards(trainer.sessions, scorer, [sequence])));
    }
    const { loss } = pairwiseLoss(scores, smoothed.pairs, { labelSmoothing: 0.1, centring: 0.01 });
    expectClose([curves['loss']![0]!], [loss], 1e-5);
  });

  it('gives mirrored margins when every pair is swapped', async () => {
    const swapped = preferences.map((group) => ({
      ...group,
      pairs: group.pairs.map(([better, worse]) => [worse, better] as const),
    }));
    const marginOf = async ({
      trainer,
      rewardModel,
    }: Awaited<ReturnType<typeof trained>>): Promise<number> => {
      const [best, , worst] = await scoreRewards(trainer.sessions, rewardModel, preferences[0]!.sequences);
      return best! - worst!;
    };
    expect(await marginOf(await trained(preferences))).toBeGreaterThan(1);
    expect(await marginOf(await trained(swapped))).toBeLessThan(-1);
  });
});

describe('several heads', () => {
  const settings = hyperparametersSchema.parse({ reward: { ...hyperparameters.reward, heads: 4 } });
  /** How far the heads are apart, on average over the completions of some prompts. */
  const doubtIn = (heads: readonly number[][]): number =>
    heads.reduce((sum, ofOne) => sum - cautiousReward(ofOne, 1) + cautiousReward(ofOne, 0), 0) / heads.length;

  it('disagree more about what none of them has seen', async () => {
    const { trainer, rewardModel } = await trained(preferences, settings);
    const seen = preferences.flatMap(({ sequences }) => sequences);
    const unseen = seen.map(({ completionTokens, ...sequence }) => ({
      ...sequence,
      completionTokens: completionTokens.map((token) => (token === 0 ? 0 : 31 - token)),
    }));
    const known = doubtIn(await scoreHeads(trainer.sessions, rewardModel, seen));
    const unknown = doubtIn(await scoreHeads(trainer.sessions, rewardModel, unseen));
    expect(known).toBeGreaterThan(0);
    expect(unknown).toBeGreaterThan(known);
  });

  it('have a mean that one head gives as well', async () => {
    const { trainer, rewardModel } = await trained(preferences.slice(0, 4), settings);
    const { sequences } = preferences[0]!;
    const mean = withMeanHead(rewardModel);
    expect(mean.theta.length).toBe(rewardModel.theta.length - 3 * trainer.model.config.embeddingSize);
    const expected = await scoreRewards(trainer.sessions, rewardModel, sequences);
    // Sessions know a graph by its name, and this model has another.
    const { sessions } = await makeTinyTrainer();
    expectClose(await scoreRewards(sessions, mean, sequences), expected, 1e-5);
  });

  it('weigh prompts each in its own way, on average alike', () => {
    const draws = Array.from({ length: 2000 }, (_, prompt) => headWeights({ heads: 4 }, { seed: 1, prompt }));
    for (const head of [0, 1, 2, 3]) {
      const weights = draws.map((ofPrompt) => ofPrompt[head]! * 4);
      const mean = weights.reduce((sum, weight) => sum + weight, 0) / draws.length;
      // A mean of 2,000 exponential draws is off by 0.022 on average.
      expect(Math.abs(mean - 1)).toBeLessThan(0.1);
    }
    expect(new Set(draws[0]).size).toBe(4);
  });
});
