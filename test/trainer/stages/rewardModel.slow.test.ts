import { describe, expect, it } from 'vitest';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { pairwiseLoss } from '../../../src/trainer/preferenceLoss.ts';
import {
  newRewardTheta,
  runRewardModel,
  type PreferenceSequences,
} from '../../../src/trainer/stages/rewardModel.ts';
import { scoreRewards } from '../../../src/trainer/stages/scoring.ts';
import { newTrainee } from '../../../src/trainer/stages/trainee.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { makeTinyTrainer } from '../../support/tinyTrainer.ts';

const hyperparameters = hyperparametersSchema.parse({
  reward: { learningRate: 0.01, epochs: 4, batchSize: 4, warmupSteps: 0, centring: 0 },
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
  const { model, theta } = newRewardTheta(trainer.model, trainer.theta, 1);
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
    const scorer = newRewardTheta(trainer.model, trainer.theta, 1);
    const scores: number[] = [];
    for (const sequence of smoothed.sequences) {
      scores.push(...(await scoreRewards(trainer.sessions, scorer, [sequence])));
    }
    const { loss } = pairwiseLoss(scores, smoothed.pairs, { margin: 0, labelSmoothing: 0.1, centring: 0.01 });
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
