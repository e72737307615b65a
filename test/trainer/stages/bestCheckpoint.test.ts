import { describe, expect, it } from 'vitest';
import {
  bestWorth,
  isSurelyAbove,
  noteCandidate,
  windowOf,
} from '../../../src/trainer/stages/bestCheckpoint.ts';

describe('the best checkpoint', () => {
  it('is the one that was worth most, the first of equals', () => {
    const state = { step: 0, numbers: {} as Record<string, number> };
    const theta = new Float32Array(1);
    expect(bestWorth({ state })).toBeUndefined();
    for (const [step, worth] of [1, 3, 2, 3].entries()) {
      state.step = step;
      noteCandidate({ state, theta }, Float32Array.of(step), { mean: worth, error: 0.5 });
    }
    expect(theta).toEqual(Float32Array.of(1));
    expect(bestWorth({ state })).toEqual({ mean: 3, error: 0.5 });
    expect(state.numbers['bestStep']).toBe(1);
  });
});

describe('windowOf', () => {
  it('looks at the last five numbers together', () => {
    const { mean, error } = windowOf([9, 1, 2, 3, 4, 5])!;
    expect(mean).toBe(3);
    // Standard deviation sqrt(2.5), of five numbers.
    expect(error).toBeCloseTo(Math.sqrt(0.5), 12);
  });

  it('says nothing of fewer', () => {
    expect(windowOf([1, 2, 3, 4])).toBeUndefined();
  });
});

describe('isSurelyAbove', () => {
  it.each([
    { gap: 2, sure: true },
    { gap: 1.5, sure: false },
    { gap: -2, sure: false },
  ])('is $sure of a gap of $gap standard errors', ({ gap, sure }) => {
    const other = { mean: 1, error: 0.6 };
    expect(isSurelyAbove({ mean: 1 + gap, error: 0.8 }, other)).toBe(sure);
  });
});
