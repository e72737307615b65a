import { describe, expect, it } from 'vitest';
import { ktoLoss, pairsOfRanks, pairwiseLoss } from '../../../src/trainer/stages/preferenceLoss.ts';
import { expectClose } from '../../support/expectTensor.ts';

const plain = { labelSmoothing: 0, centring: 0 };
const everything = { labelSmoothing: 0.1, centring: 0.01 };
const h = 1e-5;

function slopes(loss: (scores: readonly number[]) => number, scores: readonly number[]): number[] {
  const moved = (at: number, by: number) => scores.map((score, i) => (i === at ? score + by : score));
  return scores.map((_, i) => (loss(moved(i, h)) - loss(moved(i, -h))) / (2 * h));
}

describe('pairwiseLoss', () => {
  it.each([
    { lead: 0, loss: 0.6931472 },
    { lead: 1, loss: 0.3132617 },
    { lead: -1, loss: 1.3132617 },
    { lead: 2, loss: 0.126928 },
  ])('is $loss for a lead of $lead', ({ lead, loss }) => {
    expect(pairwiseLoss([lead, 0], [[0, 1]], plain).loss).toBeCloseTo(loss, 7);
  });

  it.each([
    { scores: [2, 1, 0], loss: 0.2511505 },
    { scores: [0.7, -0.1, 0.4, -1.2], loss: 0.4183593 },
  ])("is InstructGPT's K-wise loss on all pairs of $scores, best first", ({ scores, loss }) => {
    expect(pairwiseLoss(scores, pairsOfRanks([1, 2, 3, 4].slice(0, scores.length)), plain).loss).toBeCloseTo(
      loss,
      7,
    );
  });

  it('smooths the labels and centres the scores', () => {
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const expected = -0.9 * Math.log(sigmoid(1)) - 0.1 * Math.log(sigmoid(-1)) + 0.01 * 3 ** 2;
    expect(pairwiseLoss([2, 1], [[0, 1]], everything).loss).toBeCloseTo(expected, 12);
  });

  it.each([plain, everything])('has the gradient of central differences with %o', (settings) => {
    const [scores, pairs] = [[0.7, -0.1, 0.4, -1.2], pairsOfRanks([2, 1, 2, 3])];
    const found = pairwiseLoss(scores, pairs, settings).gradient;
    expectClose(
      found,
      slopes((moved) => pairwiseLoss(moved, pairs, settings).loss, scores),
      1e-9,
    );
  });

  it('stays finite for leads far beyond what exp can hold', () => {
    expect(pairwiseLoss([-2000, 0], [[0, 1]], plain).loss).toBe(2000);
    expect(pairwiseLoss([2000, 0], [[0, 1]], plain).loss).toBe(0);
  });

  it('gives nothing when everything is tied', () => {
    expect(pairwiseLoss([1, 2], pairsOfRanks([1, 1]), plain)).toEqual({
      loss: 0,
      gradient: new Float64Array(2),
    });
  });

  it('gives the mirrored gradient for swapped pairs of equal scores', () => {
    const forth = pairwiseLoss([0, 0], [[0, 1]], plain).gradient;
    const back = pairwiseLoss([0, 0], [[1, 0]], plain).gradient;
    expect([...back]).toEqual([...forth].reverse());
  });
});

describe('pairsOfRanks', () => {
  it.each([
    { ranks: [1, 2], pairs: [[0, 1]] },
    {
      ranks: [2, 1, 2],
      pairs: [
        [1, 0],
        [1, 2],
      ],
    },
    { ranks: [1, 1], pairs: [] },
    { ranks: [], pairs: [] },
  ])('gives $pairs for $ranks', ({ ranks, pairs }) => {
    expect(pairsOfRanks(ranks)).toEqual(pairs);
  });
});

describe('ktoLoss', () => {
  it.each([
    { isDesirable: true, loss: 0.4900013 },
    { isDesirable: false, loss: 0.5099987 },
  ])('gives the computed number when desirable is $isDesirable', ({ isDesirable, loss }) => {
    const lossAt = (logRatio: number) => ktoLoss({ logRatio, isDesirable }, 0.1, 0.1).loss;
    expect(lossAt(0.5)).toBeCloseTo(loss, 7);
    const slope = (lossAt(0.5 + h) - lossAt(0.5 - h)) / (2 * h);
    expect(ktoLoss({ logRatio: 0.5, isDesirable }, 0.1, 0.1).gradient).toBeCloseTo(slope, 9);
  });
});
