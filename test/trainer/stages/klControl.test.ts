import { describe, expect, it } from 'vitest';
import { nextKlCoefficient } from '../../../src/trainer/stages/klControl.ts';

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
