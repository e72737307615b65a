import { describe, expect, it } from 'vitest';
import { hasFirstLine, knownTokenShare, peerReuseShare } from '../../../bench/latency/measureModel.ts';

describe('hasFirstLine', () => {
  it.each([
    ['', false],
    ['return a', false],
    ['\n  ', false],
    ['\n  return a', false],
    ['return a\n', true],
    ['\n  return a\n}', true],
  ])('of %j is %s', (text, expected) => {
    expect(hasFirstLine(text)).toBe(expected);
  });
});

describe('knownTokenShare', () => {
  it('counts the tokens with which any earlier prompt began', () => {
    const prompts = [
      [1, 2, 3],
      [1, 2, 3, 4],
      [9, 9],
      [1, 2, 7],
    ];
    expect(knownTokenShare(prompts)).toBeCloseTo((0 + 3 + 0 + 2) / 12);
  });
});

it('says how much of all prompts the peer had in its cache', () => {
  const moment = (promptTokens: readonly number[], peerCachedTokens: number) => ({
    ...{ ours: 1, peer: 1, promptTokens, peerCachedTokens },
  });
  expect(peerReuseShare([moment([1, 2, 3, 4], 2), moment([1, 2], 1)])).toBeCloseTo(3 / 6);
});
