import { describe, expect, it } from 'vitest';
import { estimateKl, nextKlCoefficient } from '../../src/trainer/klControl.ts';

describe('estimateKl', () => {
  it.each([
    { logRatio: 0.1, k1: 0.1, k2: 0.005, k3: 0.0048374 },
    { logRatio: -0.1, k1: -0.1, k2: 0.005, k3: 0.0051709 },
    { logRatio: 1, k1: 1, k2: 0.5, k3: 0.3678794 },
    { logRatio: -1, k1: -1, k2: 0.5, k3: 0.7182818 },
    { logRatio: 0, k1: 0, k2: 0, k3: 0 },
  ])('gives the computed numbers at a log-ratio of $logRatio', ({ logRatio, k1, k2, k3 }) => {
    expect(estimateKl('k1', logRatio)).toBe(k1);
    expect(estimateKl('k2', logRatio)).toBeCloseTo(k2, 12);
    expect(estimateKl('k3', logRatio)).toBeCloseTo(k3, 7);
  });

  it('averages to the true KL with k1 and k3', () => {
    const policy = [0.7, 0.2, 0.1];
    const reference = [0.4, 0.4, 0.2];
    const expectationOf = (estimator: 'k1' | 'k3') =>
      policy.reduce((sum, p, i) => sum + p * estimateKl(estimator, Math.log(p / reference[i]!)), 0);
    const kl = policy.reduce((sum, p, i) => sum + p * Math.log(p / reference[i]!), 0);
    expect(expectationOf('k1')).toBeCloseTo(kl, 12);
    expect(expectationOf('k3')).toBeCloseTo(kl, 12);
  });
});

describe('nextKlCoefficient', () => {
  it.each([
    { klPerCompletion: 12, expected: 0.201024 },
    { klPerCompletion: 6, expected: 0.2 },
    { klPerCompletion: 3, expected: 0.198976 },
    { klPerCompletion: 0, expected: 0.198976 },
  ])('goes from 0.2 to $expected at $klPerCompletion nats', ({ klPerCompletion, expected }) => {
    const settings = { targetKlPerCompletion: 6, horizon: 10_000 };
    const next = nextKlCoefficient(0.2, { klPerCompletion, completionCount: 256 }, settings);
    expect(next).toBeCloseTo(expected, 12);
  });
});
