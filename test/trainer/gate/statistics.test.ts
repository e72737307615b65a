import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/engine/random.ts';
import {
  bootstrapInterval,
  bootstrapMeanInterval,
  brierScore,
  calibrationBins,
  calibrationError,
  wilsonInterval,
} from '../../../src/trainer/gate/statistics.ts';

describe('wilsonInterval', () => {
  it.each([
    { trials: 50, low: 0.511, high: 0.767 },
    { trials: 100, low: 0.553, high: 0.736 },
    { trials: 200, low: 0.582, high: 0.713 },
    { trials: 400, low: 0.602, high: 0.695 },
    { trials: 1000, low: 0.62, high: 0.679 },
  ])('is $low to $high for 65 % of $trials', ({ trials, low, high }) => {
    const found = wilsonInterval(0.65 * trials, trials);
    // The table has three digits, some of them cut and not rounded.
    expect(Math.abs(found.low - low)).toBeLessThan(0.001);
    expect(Math.abs(found.high - high)).toBeLessThan(0.001);
  });

  it('says nothing after nothing, and stays inside 0 to 1', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(3, 3).low).toBeGreaterThan(0.4);
    expect(wilsonInterval(3, 3).high).toBeLessThanOrEqual(1 + 1e-12);
    expect(wilsonInterval(0, 3).low).toBeGreaterThanOrEqual(-1e-12);
  });
});

describe('bootstrapMeanInterval', () => {
  const settings = (seed: number, resamples = 500) => ({
    resamples,
    random: RandomStream.named(seed, 'test'),
  });

  it('is the same for the same seed', () => {
    const groups = [[1, 2], [3], [-1, 0, 5], [2]];
    expect(bootstrapMeanInterval(groups, settings(1))).toEqual(bootstrapMeanInterval(groups, settings(1)));
  });

  it('is wider when the numbers come in groups that agree', () => {
    const numbers = Array.from({ length: 60 }, (_, i) => (i % 6) - 2);
    const alone = bootstrapMeanInterval(
      numbers.map((x) => [x]),
      settings(2),
    );
    const together = [0, 1, 2, 3, 4, 5].map((kind) => numbers.filter((_, i) => i % 6 === kind));
    const grouped = bootstrapMeanInterval(together, settings(2));
    expect(grouped.high - grouped.low).toBeGreaterThan(3 * (alone.high - alone.low));
  });

  it('lies above 0 by chance about as rarely as it claims, even with six groups', () => {
    const random = RandomStream.named(3, 'test');
    const trials = 400;
    let above = 0;
    for (let trial = 0; trial < trials; trial++) {
      const groups = Array.from({ length: 6 }, () => {
        const shared = random.nextNormal();
        return Array.from({ length: 5 }, () => shared + random.nextNormal());
      });
      if (bootstrapMeanInterval(groups, { resamples: 200, random }).low > 0) above++;
    }
    // 2.5 % is meant; plain percentiles would give 7 %.
    expect(above / trials).toBeLessThan(0.05);
  });
});

describe('bootstrapInterval', () => {
  const settings = () => ({ resamples: 500, random: RandomStream.named(1, 'test') });
  const ratio = (pairs: readonly (readonly [number, number])[]): number =>
    pairs.reduce((sum, [, after]) => sum + after, 0) / pairs.reduce((sum, [before]) => sum + before, 0);

  it('draws both sides of a ratio together, so that what they share cancels', () => {
    const sizes = [1, 50, 3, 200, 7, 20, 90, 4];
    const { low, high } = bootstrapInterval(
      sizes.map((size) => [size, 2 * size] as const),
      ratio,
      settings(),
    );
    expect([low, high]).toEqual([2, 2]);
  });

  it('has no upper end where some draws have nothing to divide by', () => {
    const { low, high } = bootstrapInterval(
      [
        [0, 1],
        [0, 1],
        [4, 4],
      ],
      ratio,
      settings(),
    );
    expect(Number.isFinite(low)).toBe(true);
    expect(Number.isFinite(high)).toBe(false);
  });
});

describe('calibration', () => {
  const sure = Array.from({ length: 10 }, (_, i) => ({ probability: 0.8, happened: i < 8 }));
  it('has no calibration error when 80 % of what is 80 % sure happens', () => {
    expect(calibrationError(calibrationBins(sure, 10))).toBeCloseTo(0, 12);
    expect(brierScore(sure)).toBeCloseTo(0.16, 12);
  });

  it.each([
    { name: 'a coin', forecasts: [{ probability: 0.5, happened: true }], brier: 0.25, error: 0.5 },
    { name: 'a seer', forecasts: [{ probability: 1, happened: true }], brier: 0, error: 0 },
    { name: 'a fool', forecasts: [{ probability: 1, happened: false }], brier: 1, error: 1 },
  ])('knows $name', ({ forecasts, brier, error }) => {
    expect(brierScore(forecasts)).toBe(brier);
    expect(calibrationError(calibrationBins(forecasts, 10))).toBe(error);
  });

  it('holds what was claimed against what happened, bin by bin, and leaves out empty ones', () => {
    const forecasts = [
      { probability: 0.12, happened: false },
      { probability: 0.18, happened: true },
      { probability: 1, happened: true },
    ];
    expect(calibrationBins(forecasts, 10)).toEqual([
      { predicted: 0.15, observed: 0.5, count: 2 },
      { predicted: 1, observed: 1, count: 1 },
    ]);
  });
});
