import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/engine/random.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import {
  directLoss,
  isDesirable,
  mismatchedLogRatio,
  runDirectPreference,
  type DirectMethod,
} from '../../../src/trainer/stages/directPreference.ts';
import type { PreferenceSequences } from '../../../src/trainer/stages/rewardModel.ts';
import { scoreLogProbs } from '../../../src/trainer/stages/scoring.ts';
import { newTrainee } from '../../../src/trainer/stages/trainee.ts';
import { throughPrompt } from '../../support/throughPrompt.ts';
import { makeTinyTrainer, type TinyTrainer } from '../../support/tinyTrainer.ts';

/** Behind each prompt what the user wrote, silence, and a text that was refused. */
const preferences: PreferenceSequences[] = Array.from({ length: 8 }, (_, i) => ({
  sequences: [[3 + i, 4 + i, 0], [0], [25 + (i % 3), 31, 0]].map((completionTokens) => ({
    promptTokens: [1, 2 + i],
    completionTokens,
    freeFrom: 0,
  })),
  pairs: [
    [0, 1],
    [0, 2],
    [1, 2],
  ],
  labelSmoothing: 0.1,
  silence: 1,
}));

const methods: DirectMethod[] = ['dpo', 'kto'];

const settings = { beta: 0.5, klReference: 0.2, share: 1 };

/** A policy some way from its reference, with both factors of the adapter at work. */
async function movedPolicy() {
  const trainer = await makeTinyTrainer();
  const { model } = trainer;
  const random = RandomStream.named(1, 'direct test');
  const theta = trainer.theta.map((value) => value + 0.05 * random.nextNormal());
  return { trainer, policy: { model, theta }, reference: { model, theta: trainer.theta } };
}

async function logRatios({ sessions }: TinyTrainer, policy: Scored, reference: Scored): Promise<number[]> {
  const { sequences } = preferences[0]!;
  const of = async (scorer: Scored) =>
    (await scoreLogProbs(sessions, scorer, sequences, 1)).map((values) => values.reduce((a, b) => a + b, 0));
  const [ours, theirs] = [await of(policy), await of(reference)];
  return ours.map((value, i) => value - theirs[i]!);
}

type Scored = Parameters<typeof scoreLogProbs>[1];

const logSigmoid = (x: number): number => -Math.log1p(Math.exp(-x));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('directLoss', () => {
  it('is DPO with smoothed labels, written down once more', async () => {
    const { trainer, policy, reference } = await movedPolicy();
    const { loss } = await directLoss(
      { policy, reference },
      preferences[0]!,
      { ...settings, method: 'dpo' },
      trainer,
    );
    const [a, b, c] = await logRatios(trainer, policy, reference);
    const pair = (lead: number): number => -0.9 * logSigmoid(0.5 * lead) - 0.1 * logSigmoid(-0.5 * lead);
    expect(loss).toBeCloseTo((pair(a! - b!) + pair(a! - c!) + pair(b! - c!)) / 3, 5);
    await trainer.sessions.dispose();
  });

  it('is KTO with silence as what texts are compared with', async () => {
    const { trainer, policy, reference } = await movedPolicy();
    const { loss } = await directLoss(
      { policy, reference },
      preferences[0]!,
      { ...settings, method: 'kto' },
      trainer,
    );
    const [kept, , refused] = await logRatios(trainer, policy, reference);
    const expected = (2 - sigmoid(0.5 * (kept! - 0.2)) - sigmoid(0.5 * (0.2 - refused!))) / 2;
    expect(loss).toBeCloseTo(expected, 5);
    await trainer.sessions.dispose();
  });

  it.each(methods)('has the gradient of its loss (%s)', async (method) => {
    const { trainer, policy, reference } = await movedPolicy();
    const [group] = preferences;
    const whole = { ...group!, sequences: group!.sequences.map(throughPrompt) };
    const lossAt = (theta: Float32Array) =>
      directLoss({ policy: { ...policy, theta }, reference }, whole, { ...settings, method }, trainer);
    const { gradient } = await lossAt(policy.theta);
    const random = RandomStream.named(2, 'direct test');
    const direction = gradient.map((value) => value + 0.1 * random.nextNormal() * Math.abs(value));
    const norm = Math.hypot(...direction);
    const step = 0.02 / norm;
    const moved = (sign: number) => policy.theta.map((value, i) => value + sign * step * direction[i]!);
    const slope = ((await lossAt(moved(1))).loss - (await lossAt(moved(-1))).loss) / (2 * step);
    const expected = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    expect(Math.abs(slope / expected - 1)).toBeLessThan(0.01);
    await trainer.sessions.dispose();
  });
});

describe('mismatchedLogRatio', () => {
  it('is that of the texts that were kept or refused, and never of silence, wherever it stands', async () => {
    const { trainer, policy, reference } = await movedPolicy();
    // Silence first, as in the group of a completion that was refused, and second, as in that of one that was kept.
    const refused = { sequences: [[0], [25, 31, 0]], pairs: [[0, 1]], silence: 0 } as const;
    const kept = {
      sequences: [[3, 4, 0], [0], [7, 0]],
      pairs: [
        [0, 1],
        [1, 2],
      ],
      silence: 1,
    } as const;
    const batch: PreferenceSequences[] = [refused, kept].map(({ sequences, pairs, silence }, i) => ({
      sequences: sequences.map((completionTokens) => ({
        promptTokens: [1, 2 + i],
        completionTokens,
        freeFrom: 0,
      })),
      ...{ pairs, silence, labelSmoothing: 0 },
    }));
    const ratioOf = async (completionTokens: number[], promptTokens: number[]): Promise<number> => {
      const sequence = { promptTokens, completionTokens, freeFrom: 0 };
      const of = async (scorer: Scored) =>
        (await scoreLogProbs(trainer.sessions, scorer, [sequence], 1))[0]!.reduce((a, b) => a + b, 0);
      return (await of(policy)) - (await of(reference));
    };
    const ofRefused = await ratioOf([25, 31, 0], [1, 3]);
    const ofKept = ((await ratioOf([3, 4, 0], [1, 2])) + (await ratioOf([7, 0], [1, 2]))) / 2;
    const found = await mismatchedLogRatio({ policy, reference }, batch, trainer.runtime({ seed: 1 }));
    expect(found).toBeCloseTo(Math.max(0, (ofRefused + ofKept) / 2), 5);
    const swapped = { policy: reference, reference: policy };
    const back = await mismatchedLogRatio(swapped, batch, trainer.runtime({ seed: 1 }));
    expect(back).toBeCloseTo(Math.max(0, -(ofRefused + ofKept) / 2), 5);
    expect(found + back).toBeGreaterThan(0);
    await trainer.sessions.dispose();
  });
});

describe('runDirectPreference', () => {
  const hyperparameters = hyperparametersSchema.parse({
    direct: { learningRate: 0.01, beta: 0.5, epochs: 4, batchSize: 4, warmupSteps: 0 },
  });

  async function trained(method: DirectMethod, seed = 1) {
    const trainer = await makeTinyTrainer();
    const { model, theta } = trainer;
    const policy = newTrainee(model, theta);
    const runtime = trainer.runtime({ seed });
    await runDirectPreference(
      { policy, reference: { model, theta }, preferences, method },
      hyperparameters,
      runtime,
    );
    await trainer.sessions.dispose();
    return { theta: policy.theta, curves: runtime.state.curves };
  }

  it.each(methods)('learns which texts are better (%s)', async (method) => {
    const { curves } = await trained(method);
    expect(curves['loss']!).toHaveLength(8);
    expect(curves['loss']!.at(-1)!).toBeLessThan(0.9 * curves['loss']![0]!);
    expect(curves['accuracy']!.at(-1)!).toBeGreaterThan(0.9);
  });

  it('begins where both policies are one: DPO at log 2, KTO at a half', async () => {
    expect((await trained('dpo')).curves['loss']![0]).toBeCloseTo(Math.LN2, 6);
    expect((await trained('kto')).curves['loss']![0]).toBeCloseTo(0.5, 6);
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const { theta } = await trained('kto');
    expect((await trained('kto')).theta).toEqual(theta);
    expect((await trained('kto', 2)).theta).not.toEqual(theta);
  });
});

describe('isDesirable', () => {
  const group = (pairs: [number, number][], silence?: number): PreferenceSequences => ({
    sequences: [],
    pairs,
    labelSmoothing: 0,
    silence,
  });

  it('is to be better than silence, whatever is better still', () => {
    const kept = group(
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
      2,
    );
    expect([0, 1, 2].map((index) => isDesirable(kept, index))).toEqual([true, true, undefined]);
    const refused = group(
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
      1,
    );
    expect([0, 1, 2].map((index) => isDesirable(refused, index))).toEqual([true, undefined, false]);
  });

  it('is to be beaten by nothing where silence was not compared', () => {
    const ranked = group([[0, 1]]);
    expect([0, 1].map((index) => isDesirable(ranked, index))).toEqual([true, false]);
  });

  it('is not known of what nobody compared', () => {
    const ranked = group([[0, 1]]);
    expect([2, 3].map((index) => isDesirable(ranked, index))).toEqual([undefined, undefined]);
  });
});
