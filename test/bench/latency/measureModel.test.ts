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

describe('peerReuseShare', () => {
  const moment = (peerCachedTokens: number | undefined) => ({
    ...{ ours: 1, peer: 1, promptTokens: [1, 2, 3, 4], peerCachedTokens },
  });

  it('leaves out moments at which the peer did not say', () => {
    expect(peerReuseShare([moment(2), moment(undefined), moment(4)])).toBeCloseTo(6 / 8);
  });

  it('is not known where the peer never said', () => {
    expect(peerReuseShare([moment(undefined)])).toBeUndefined();
  });
});
