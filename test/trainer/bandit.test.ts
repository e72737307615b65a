import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/engine/random.ts';
import { newAdamState, updateWithAdamW, type AdamState } from '../../src/trainer/stages/adamW.ts';
import { computeGae } from '../../src/trainer/stages/advantages.ts';
import { policyLoss, valueLoss } from '../../src/trainer/stages/ppoLoss.ts';
import { rewardTokens } from '../../src/trainer/stages/rewards.ts';
import { learningRateAt } from '../../src/trainer/stages/schedule.ts';
import { whiten } from '../../src/trainer/stages/whiten.ts';

/*
 * PPO on a vocabulary of a few tokens, where the best policy is known in closed form:
 * policy* = reference * exp(reward / beta) / Z, and J* = beta * log Z.
 * Only the softmax table is the test's own; everything else is what ships.
 */

interface Bandit {
  readonly reference: readonly number[];
  readonly rewards: readonly number[];
  readonly klCoefficient: number;
}

const iterations = 120;
const episodes = 256;
const epochs = 2;
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, weightDecay: 0, gradientScale: 1 };

function logSoftmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const top = Math.max(...values);
  const logTotal = top + Math.log(values.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return values.map((x) => x - logTotal);
}

function sample(logProbs: readonly number[], random: RandomStream): number {
  let left = random.nextUniform();
  for (const [token, logProb] of logProbs.entries()) {
    left -= Math.exp(logProb);
    if (left < 0) return token;
  }
  return logProbs.length - 1;
}

/** E[reward] - beta * KL(policy || reference), exactly. */
function objective({ reference, rewards, klCoefficient }: Bandit, logProbs: readonly number[]): number {
  return logProbs.reduce(
    (sum, logProb, token) =>
      sum + Math.exp(logProb) * (rewards[token]! - klCoefficient * (logProb - Math.log(reference[token]!))),
    0,
  );
}

/** One completion of one token each. Gives tokens, old log-probs, advantages and returns of a batch. */
function rollOut(
  { reference, rewards, klCoefficient }: Bandit,
  logProbs: number[],
  value: number,
  random: RandomStream,
) {
  const tokens = Array.from({ length: episodes }, () => sample(logProbs, random));
  const estimates = tokens.map((token) => {
    const tokenLogProbs = { logProbs: [logProbs[token]!], refLogProbs: [Math.log(reference[token]!)] };
    const tokenRewards = rewardTokens(tokenLogProbs, rewards[token]!, klCoefficient);
    return computeGae({ rewards: tokenRewards, values: [value] }, { gamma: 1, lambda: 0.95 });
  });
  const whitened = whiten(estimates.map(({ advantages }) => advantages));
  return {
    tokens,
    oldLogProbs: tokens.map((token) => logProbs[token]!),
    advantages: whitened.map(([advantage]) => advantage!),
    returns: estimates.map(({ returns }) => returns[0]!),
  };
}

/** d loss / d logits of a softmax table, from d loss / d logProbs of its samples. */
function logitGradient(
  tokens: readonly number[],
  gradient: Float64Array,
  logProbs: readonly number[],
): Float32Array {
  const total = gradient.reduce((sum, g) => sum + g, 0);
  const ofLogits = logProbs.map((logProb) => -Math.exp(logProb) * total);
  for (const [i, token] of tokens.entries()) ofLogits[token]! += gradient[i]!;
  return Float32Array.from(ofLogits);
}

interface Learner {
  readonly logits: Float32Array;
  readonly logitState: AdamState;
  readonly value: Float32Array;
  readonly valueState: AdamState;
}

function learn(learner: Learner, batch: ReturnType<typeof rollOut>, learningRate: number): void {
  const oldValues = batch.tokens.map(() => learner.value[0]!);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const table = logSoftmax(learner.logits);
    const logProbs = batch.tokens.map((token) => table[token]!);
    const { gradient } = policyLoss({ ...batch, logProbs }, 0.2, episodes);
    const ofLogits = logitGradient(batch.tokens, gradient, table);
    updateWithAdamW(learner.logits, ofLogits, learner.logitState, { ...adam, learningRate });
    const values = batch.tokens.map(() => learner.value[0]!);
    const ofValues = valueLoss({ values, oldValues, returns: batch.returns }, 0.2, episodes).gradient;
    const ofValue = Float32Array.of(ofValues.reduce((sum, g) => sum + g, 0));
    updateWithAdamW(learner.value, ofValue, learner.valueState, { ...adam, learningRate });
  }
}

function trainPpo(bandit: Bandit, seed: number): number[] {
  const logits = Float32Array.from(bandit.reference, Math.log);
  const learner = {
    logits,
    logitState: newAdamState(logits.length),
    value: Float32Array.of(0),
    valueState: newAdamState(1),
  };
  const random = RandomStream.named(seed, 'test/bandit');
  for (let iteration = 0; iteration < iterations; iteration++) {
    const schedule = {
      peak: 0.05,
      shape: 'linear',
      warmupSteps: 0,
      totalSteps: iterations,
      finalShare: 0,
    } as const;
    const batch = rollOut(bandit, logSoftmax(logits), learner.value[0]!, random);
    learn(learner, batch, learningRateAt(iteration, schedule));
  }
  return logSoftmax(logits);
}

describe('PPO on a bandit with a known best policy', () => {
  it.each([
    { reference: [1 / 3, 1 / 3, 1 / 3], rewards: [1, 0, -1], klCoefficient: 0.5, best: 0.52216 },
    { reference: [1 / 3, 1 / 3, 1 / 3], rewards: [1, 0, -1], klCoefficient: 1, best: 0.30899 },
    { reference: [0.5, 0.3, 0.15, 0.05], rewards: [0, 0.2, 0.5, 1], klCoefficient: 0.5, best: 0.27254 },
    { reference: [0.5, 0.3, 0.15, 0.05], rewards: [0, 0.2, 0.5, 1], klCoefficient: 0.2, best: 0.47148 },
  ])('comes within 2 % of J* = $best at beta $klCoefficient', ({ best, ...bandit }) => {
    const found = objective(bandit, trainPpo(bandit, 1));
    expect(found).toBeLessThanOrEqual(best + 1e-5);
    expect(found).toBeGreaterThan(0.98 * best);
  });

  it('gives the same policy for the same seed, bit for bit', () => {
    const bandit = { reference: [0.5, 0.5], rewards: [1, 0], klCoefficient: 0.5 };
    expect(trainPpo(bandit, 3)).toEqual(trainPpo(bandit, 3));
  });

  it('stays at the reference with a huge KL coefficient', () => {
    const bandit = { reference: [0.5, 0.3, 0.2], rewards: [1, 0, -1], klCoefficient: 1000 };
    const logProbs = trainPpo(bandit, 4);
    for (const [token, logProb] of logProbs.entries()) {
      expect(Math.abs(Math.exp(logProb) - bandit.reference[token]!)).toBeLessThan(0.01);
    }
  });
});
