import { describe, expect, it } from 'vitest';
import { median, percentile, rounded } from '../../../bench/report/statistics.ts';

describe('percentile', () => {
  it.each([
    [[5], 0.99, 5],
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[0, 10], 0.9, 9],
    [Array.from({ length: 101 }, (_, i) => 100 - i), 0.99, 99],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(percentile(values, share)).toBeCloseTo(expected, 10);
  });

  it('leaves the order of its values alone', () => {
    const values = [3, 1, 2];
    expect(median(values)).toBe(2);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('rounded', () => {
  it.each([
    [0.123456, 0.123],
    [1234.5, 1230],
    [0, 0],
  ])('keeps three digits of %d', (value, expected) => {
    expect(rounded(value)).toBe(expected);
  });
});
