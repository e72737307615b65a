import { describe, expect, it } from 'vitest';
import { isReadyIn, knownTokenShare, peerReuseShare } from '../../../bench/latency/measureModel.ts';

describe('isReadyIn', () => {
  it.each([
    ['in a line', 'const a = ', 'b', false],
    ['behind a line', 'const a = ', 'b;\n', true],
    ['where the line has ended already', 'const a = b;', '\n', true],
    ['in the first line of a block', 'if (a) {', '\n  return', false],
    ['behind the first line of a block', 'if (a) {', '\n  return b;\n', true],
  ])('%s', (_, prefix, text, expected) => {
    expect(isReadyIn({ prefix, suffix: '' })(text)).toBe(expected);
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
