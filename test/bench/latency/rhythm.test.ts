import { describe, expect, it } from 'vitest';
import { drawRhythm } from '../../../bench/latency/recordRhythm.ts';
import { kindOf, readRhythm, restsOf } from '../../../bench/latency/rhythm.ts';
import { readTypedFiles, stretchesOf } from '../../../bench/latency/stretches.ts';

/** Mean inter-key interval of Dhakal et al. 2018. */
const meanMs = 239;

describe('rhythm.json', () => {
  it('holds what recordRhythm.ts draws', () => {
    expect(readRhythm()).toEqual(drawRhythm());
  });

  it('has the mean of the study over the code that is typed, give or take a tenth', () => {
    const amount = { placesPerFile: 2, linesPerPlace: 2 };
    const keystrokes = stretchesOf(readTypedFiles(), amount, readRhythm()).flatMap(
      (stretch) => stretch.keystrokes,
    );
    const mean = keystrokes.reduce((sum, { restMs }) => sum + restMs, 0) / keystrokes.length;
    expect(Math.abs(mean / meanMs - 1)).toBeLessThan(0.1);
  });
});

describe('kindOf', () => {
  it.each([
    ['a', 'withinWord'],
    ['_', 'withinWord'],
    [' ', 'wordEnd'],
    ['(', 'wordEnd'],
    ['\n', 'lineEnd'],
    ['\n    ', 'lineEnd'],
    ['    ', 'wordEnd'],
  ])('takes %j for %s', (typed, kind) => {
    expect(kindOf(typed)).toBe(kind);
  });
});

describe('restsOf', () => {
  it('gives the rests of each kind in their order, and begins again at their end', () => {
    const restAfter = restsOf({ source: '', rests: { withinWord: [1, 2], wordEnd: [10], lineEnd: [100] } });
    expect(['a', ' ', 'b', '\n', 'c'].map(restAfter)).toEqual([1, 10, 2, 100, 1]);
  });
});
