import { describe, expect, it } from 'vitest';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { scoreLogProbs } from '../../../src/trainer/stages/scoring.ts';
import { runSft, type WeightedSequence } from '../../../src/trainer/stages/sft.ts';
import { newStageState } from '../../../src/trainer/stages/stage.ts';
import { supervisedLoss } from '../../../src/trainer/stages/supervisedLoss.ts';
import { newTrainee } from '../../../src/trainer/stages/trainee.ts';
import { mean } from '../../../src/trainer/gate/statistics.ts';
import { expectClose, relativeDifference } from '../../support/expectTensor.ts';
import { makeTinyTrainer } from '../../support/tinyTrainer.ts';

const hyperparameters = hyperparametersSchema.parse({
  sft: { learningRate: 0.01, epochs: 3, batchSize: 4, warmupSteps: 0 },
});

/** "After a comes a + 1": something two layers can learn. */
const demonstrations: WeightedSequence[] = Array.from({ length: 8 }, (_, i) => ({
  promptTokens: [1, 2 + i],
  completionTokens: [3 + i, 4 + i, 0],
  freeFrom: 0,
  weight: 1,
}));

/** Each in a pass of its own. */
const packs = demonstrations.map((demonstration) => () => [demonstration]);

async function trained(seed = 1, settings = hyperparameters): Promise<Float32Array> {
  const trainer = await makeTinyTrainer();
  const policy = newTrainee(trainer.model, trainer.theta);
  await runSft({ policy, packs }, settings, trainer.runtime({ seed }));
  await trainer.sessions.dispose();
  return policy.theta;
}

describe('runSft', () => {
  it('learns its demonstrations', async () => {
    const trainer = await makeTinyTrainer();
    const policy = newTrainee(trainer.model, trainer.theta);
    const runtime = trainer.runtime();
    await runSft(
      { policy, packs },
      hyperparametersSchema.parse({ sft: { ...hyperparameters.sft, epochs: 16 } }),
      runtime,
    );
    const { loss } = runtime.state.curves;
    expect(loss).toHaveLength(32);
    expect(loss!.at(-1)!).toBeLessThan(0.5 * loss![0]!);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const first = await trained(1);
    expect(await trained(1)).toEqual(first);
    expect(await trained(2)).not.toEqual(first);
  });

  it('makes the steps that its time allows, with the learning rate falling over them, and says so', async () => {
    const trainer = await makeTinyTrainer();
    const policy = newTrainee(trainer.model, trainer.theta);
    const state = newStageState();
    // Each step takes a second; there are 3.5.
    const afterStep = () => Promise.resolve(void (state.seconds += 1));
    const runtime = trainer.runtime({ state, afterStep, secondsLeft: () => 3.5 - state.seconds });
    const reason = await runSft({ policy, packs }, hyperparameters, runtime);
    expect(state.step).toBe(3);
    expect(reason).toBe('there was time for 3 of 6 steps');
    expect(state.curves['learningRate']!.at(-1)!).toBeLessThan(0.5 * hyperparameters.sft.learningRate);
    await trainer.sessions.dispose();
  });

  it('changes nothing at learning rate 0', async () => {
    const trainer = await makeTinyTrainer();
    const still = await trained(
      1,
      hyperparametersSchema.parse({ sft: { ...hyperparameters.sft, learningRate: 0 } }),
    );
    expect(still).toEqual(trainer.theta);
  });

  it('goes on from where it was stopped as if it had not been, bit for bit', async () => {
    const uninterrupted = await trained();
    const trainer = await makeTinyTrainer();
    const policy = newTrainee(trainer.model, trainer.theta);
    const state = newStageState();
    const stop = new Error('stopped');
    const afterStep = (): Promise<void> => (state.step === 3 ? Promise.reject(stop) : Promise.resolve());
    const parts = { policy, packs };
    await expect(runSft(parts, hyperparameters, trainer.runtime({ state, afterStep }))).rejects.toBe(stop);
    await runSft(parts, hyperparameters, trainer.runtime({ state }));
    expect(policy.theta).toEqual(uninterrupted);
  });

  it('ends with the step that had the least loss on what it did not learn from', async () => {
    const trainer = await makeTinyTrainer();
    const policy = newTrainee(trainer.model, trainer.theta);
    // What is learned says the contrary, so each step is worse than the one before.
    const contrary = demonstrations.map(({ completionTokens, ...rest }) => ({
      ...rest,
      completionTokens: completionTokens.map((token) => (token + 9) % 32),
    }));
    const thetas: Float32Array[] = [];
    const runtime = trainer.runtime({
      afterStep: () => Promise.resolve(void thetas.push(policy.theta.slice())),
    });
    const parts = { policy, packs, validation: { packs: [() => contrary], best: policy.theta.slice() } };
    const sft = { ...hyperparameters.sft, validations: 3 };
    await runSft(parts, hyperparametersSchema.parse({ sft }), runtime);

    const losses: number[] = [];
    for (const theta of [thetas[1]!, thetas[3]!, thetas[5]!]) {
      const logProbs = await scoreLogProbs(trainer.sessions, { model: trainer.model, theta }, contrary, 1);
      losses.push(-mean(logProbs.flatMap((ofOne) => [...ofOne])));
    }
    const least = losses.indexOf(Math.min(...losses));
    expect(losses.at(-1)!).toBeGreaterThan(losses[least]! + 0.01);
    expect(policy.theta).toEqual(thetas[2 * least + 1]);
    expect(runtime.state.numbers['bestStep']).toBe(2 * least + 2);
    expectClose([-runtime.state.numbers['bestMean']!], [losses[least]!], 1e-6);
  });

  it('has the same gradient whether 8 examples run one by one or as one batch', async () => {
    const trainer = await makeTinyTrainer();
    const gradientOf = async (part: readonly WeightedSequence[]): Promise<Float32Array> => {
      const weights = part.map(() => 1 / 24);
      return (await supervisedLoss(trainer, part, weights, trainer)).gradient;
    };
    const whole = await gradientOf(demonstrations);
    const sum = new Float32Array(whole.length);
    for (const demonstration of demonstrations) {
      (await gradientOf([demonstration])).forEach((value, i) => (sum[i]! += value));
    }
    expect(relativeDifference(sum, whole)).toBeLessThan(1e-5);
  });

  it('does not count the tokens that only spell what was typed', async () => {
    const lossOf = async (sequence: WeightedSequence): Promise<number> => {
      const trainer = await makeTinyTrainer();
      const runtime = trainer.runtime();
      const policy = newTrainee(trainer.model, trainer.theta);
      await runSft({ policy, packs: [() => [sequence]] }, hyperparameters, runtime);
      return runtime.state.curves['loss']![0]!;
    };
    const [first] = demonstrations;
    const { promptTokens, completionTokens } = first!;
    const held = { ...first!, freeFrom: 1 };
    const given = {
      ...first!,
      promptTokens: [...promptTokens, completionTokens[0]!],
      completionTokens: completionTokens.slice(1),
    };
    expectClose([await lossOf(held)], [await lossOf(given)], 1e-6);
  });
});
