import { describe, expect, it } from 'vitest';
import {
  denseRanks,
  rankedIn,
  saysSomething,
  unrankedIn,
  withMoved,
  withRank,
  type Ranks,
} from '../../../src/editor/rank/ranks.ts';

const none = null;

it('lists the ranked best first, ties as displayed, and the rest', () => {
  const ranks: Ranks = [2, none, 1, 2, none];
  expect(rankedIn(ranks)).toEqual([2, 0, 3]);
  expect(unrankedIn(ranks)).toEqual([1, 4]);
});

it('gives one alternative a number and leaves the others theirs', () => {
  expect(withRank([none, 1, none], 0, 1)).toEqual([1, 1, none]);
  expect(withRank([1, 1, none], 0, null)).toEqual([none, 1, none]);
});

describe('withMoved', () => {
  it.each<[string, Ranks, number, number, Ranks]>([
    ['the first into an empty order', [none, none], 1, 0, [none, 1]],
    ['to the top', [1, 2, none], 2, 0, [2, 3, 1]],
    ['to the end', [1, 2, none], 2, 2, [1, 2, 3]],
    ['between two', [1, 2, none], 2, 1, [1, 3, 2]],
    ['between two that tie', [1, 1, none], 2, 1, [1, 1, 1]],
    ['below two that tie', [1, 1, none], 2, 2, [1, 1, 2]],
    ['above two that tie', [1, 1, none], 2, 0, [2, 2, 1]],
    ['up within the order', [1, 2, 3], 2, 1, [1, 3, 2]],
    ['down within the order', [1, 2, 3], 0, 2, [3, 1, 2]],
    ['out of a tie', [1, 1, 2], 0, 2, [3, 1, 2]],
  ])('%s', (_, ranks, index, position, expected) => {
    expect(withMoved(ranks, index, position)).toEqual(expected);
  });
});

describe('denseRanks', () => {
  it.each<[Ranks, Ranks]>([
    [
      [5, none, 2, 5],
      [2, none, 1, 2],
    ],
    [
      [none, none],
      [none, none],
    ],
    [[3], [1]],
  ])('of %j are %j', (ranks, expected) => {
    expect(denseRanks(ranks)).toEqual(expected);
  });
});

it('says something only when two are ranked', () => {
  expect(saysSomething([1, none])).toBe(false);
  expect(saysSomething([1, 1])).toBe(true);
});
