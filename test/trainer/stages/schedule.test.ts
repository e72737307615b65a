import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../src/trainer/stages/schedule.ts';

const base = { peak: 1, warmupSteps: 4, totalSteps: 12, finalShare: 0.1 };

describe('learningRateAt', () => {
  it.each([
    { name: 'rises evenly', shape: 'cosine', step: 0, expected: 0.25 },
    { name: 'rises evenly', shape: 'linear', step: 1, expected: 0.5 },
    { name: 'reaches the peak with the last warm-up step', shape: 'cosine', step: 3, expected: 1 },
    { name: 'begins to fall at the peak', shape: 'cosine', step: 4, expected: 1 },
    { name: 'is half way down in the middle', shape: 'cosine', step: 8, expected: 0.55 },
    { name: 'is half way down in the middle', shape: 'linear', step: 8, expected: 0.55 },
    {
      name: 'falls slowly at first',
      shape: 'cosine',
      step: 6,
      expected: 0.1 + 0.9 * ((1 + Math.SQRT1_2) / 2),
    },
    { name: 'falls evenly', shape: 'linear', step: 6, expected: 0.1 + 0.9 * 0.75 },
    { name: 'ends at its final share', shape: 'cosine', step: 12, expected: 0.1 },
    { name: 'stays there', shape: 'linear', step: 99, expected: 0.1 },
  ] as const)('$name ($shape, step $step)', ({ shape, step, expected }) => {
    expect(learningRateAt(step, { ...base, shape })).toBeCloseTo(expected, 12);
  });

  it('still learns at the last step when it falls to 0', () => {
    const settings = { peak: 1, shape: 'linear', warmupSteps: 0, totalSteps: 4, finalShare: 0 } as const;
    const rates = [0, 1, 2, 3, 4].map((step) => learningRateAt(step, settings));
    expect(rates).toEqual([1, 0.75, 0.5, 0.25, 0]);
  });

  it('is finite for a stage of nothing but warm-up', () => {
    expect(learningRateAt(4, { ...base, totalSteps: 4, shape: 'cosine' })).toBe(1);
  });
});
