import { describe, expect, it } from 'vitest';
import { cautiousReward, rewardTokens, scoreCompletion } from '../../../src/trainer/stages/rewards.ts';
import { expectClose } from '../../support/expectTensor.ts';

describe('cautiousReward', () => {
  it.each([
    { name: 'is the mean of heads that nobody doubts', heads: [1, 3], doubt: 0, expected: 2 },
    { name: 'takes their deviation off', heads: [1, 3], doubt: 1, expected: 1 },
    { name: 'is the number of a single head', heads: [1.5], doubt: 9, expected: 1.5 },
  ])('$name', ({ heads, doubt, expected }) => {
    expect(cautiousReward(heads, doubt)).toBeCloseTo(expected, 12);
  });
});

describe('scoreCompletion', () => {
  const settings = { rewardBias: 0.5, scoreClip: 5, unfinishedScore: -1 };
  it.each([
    { name: 'subtracts the bias', reward: 2, isFinished: true, expected: 1.5 },
    { name: 'cuts high scores', reward: 9, isFinished: true, expected: 5 },
    { name: 'cuts low scores', reward: -9, isFinished: true, expected: -5 },
    { name: 'replaces a high reward that was cut off', reward: 9, isFinished: false, expected: -1 },
    { name: 'replaces a low reward that was cut off', reward: -9, isFinished: false, expected: -1 },
  ])('$name', ({ reward, isFinished, expected }) => {
    expect(scoreCompletion(reward, isFinished, settings)).toBe(expected);
  });
});

describe('rewardTokens', () => {
  it('charges the log-ratio of every token and puts the score on the last', () => {
    const found = rewardTokens({ logProbs: [-1, -2, -3], refLogProbs: [-1.5, -2, -2] }, 0.7, 0.1);
    expectClose(found, [-0.05, 0, 0.1 + 0.7], 1e-12);
  });

  it('gives nothing to a completion without tokens', () => {
    expect([...rewardTokens({ logProbs: [], refLogProbs: [] }, 1, 0.1)]).toEqual([]);
  });

  it('sums to the score less the coefficient times the sampled KL', () => {
    const [logProbs, refLogProbs] = [
      [-0.3, -1.1, -2.4],
      [-0.9, -0.8, -3],
    ];
    const sum = rewardTokens({ logProbs, refLogProbs }, 2, 0.2).reduce((total, reward) => total + reward, 0);
    expect(sum).toBeCloseTo(2 - 0.2 * (0.6 - 0.3 + 0.6), 12);
  });
});
