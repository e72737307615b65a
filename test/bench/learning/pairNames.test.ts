import { expect, it } from 'vitest';
import { namesOf } from '../../../bench/learning/pairNames.ts';

const pair = (old: string, newer: string) => ({ old, new: newer });

it.each([
  { what: 'one project', pairs: [pair('/a/v1', '/a/v2')], names: ['v1 to v2'] },
  {
    what: 'projects whose versions are called alike',
    pairs: [pair('/p/x/v1', '/p/x/v2'), pair('/p/y/v1', '/p/y/v2'), pair('/p/z-1', '/p/z-2')],
    names: ['x/v1 to x/v2', 'y/v1 to y/v2', 'z-1 to z-2'],
  },
  {
    what: 'projects that are called alike as well',
    pairs: [pair('/p/x/v1', '/p/x/v2'), pair('/q/x/v1', '/q/x/v2')],
    names: ['p/x/v1 to p/x/v2', 'q/x/v1 to q/x/v2'],
  },
  {
    what: 'the same pair twice',
    pairs: [pair('/a/v1', '/a/v2'), pair('/a/v1', '/a/v2')],
    names: ['v1 to v2', 'v1 to v2'],
  },
])('tells apart $what', ({ pairs, names }) => {
  expect(namesOf(pairs)).toEqual(names);
});
