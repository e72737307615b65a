import { expect } from 'vitest';

/** Fails unless the values agree within `tolerance`, taken absolutely and relative to the larger value. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  let at = -1;
  for (let i = 0; i < actual.length; i++) {
    const scale = Math.max(1, Math.abs(expected[i]!));
    const difference = Math.abs(actual[i]! - expected[i]!) / scale;
    if (!(difference <= worst)) [worst, at] = [difference, i];
  }
  expect(worst, `worst difference at ${at}: ${actual[at]} instead of ${expected[at]}`).toBeLessThanOrEqual(
    tolerance,
  );
}

/** |a - b| / |b| over all elements. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let squaredDifference = 0;
  let squaredNorm = 0;
  for (let i = 0; i < expected.length; i++) {
    squaredDifference += (actual[i]! - expected[i]!) ** 2;
    squaredNorm += expected[i]! ** 2;
  }
  return Math.sqrt(squaredDifference / squaredNorm);
}
