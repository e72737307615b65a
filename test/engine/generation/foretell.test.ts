import { describe, expect, it } from 'vitest';
import { foretell } from '../../../src/engine/generation/foretell.ts';

const tokens = (text: string): number[] => [...Buffer.from(text)];
const letter = (token: number | undefined): string | undefined =>
  token === undefined ? undefined : String.fromCharCode(token);

interface Row {
  readonly what: string;
  readonly text: string;
  readonly references?: readonly string[];
  readonly mayFollow?: string;
  readonly expected: string | undefined;
}

const rows: readonly Row[] = [
  { what: 'nothing where nothing is alike', text: 'abcd', expected: undefined },
  { what: 'nothing for an empty text', text: '', references: ['ab'], expected: undefined },
  { what: 'what followed before', text: 'xyz.xy', expected: 'z' },
  { what: 'what followed the longer match', text: 'abcX.bcY.bcY.abc', expected: 'X' },
  { what: 'what followed most often', text: '1aX2aY3aX4a', expected: 'X' },
  { what: 'what followed in a reference', text: 'const a', references: ['const abc'], expected: 'b' },
  { what: 'its own repetition', text: 'ababab', expected: 'a' },
  { what: 'only what may follow', text: '1aX2aX3aY4a', mayFollow: 'Y', expected: 'Y' },
  {
    what: 'what may follow where nothing is alike',
    text: 'qrs',
    references: ['return'],
    mayFollow: 't',
    expected: 't',
  },
  { what: 'nothing where nothing may follow', text: 'qrqr', mayFollow: 'z', expected: undefined },
];

describe('foretell', () => {
  it.each(rows)('gives $what', ({ text, references = [], mayFollow, expected }) => {
    const foretold = foretell({
      text: tokens(text),
      references: references.map(tokens),
      ...(mayFollow === undefined ? {} : { mayFollow: (token) => letter(token) === mayFollow }),
    });
    expect(letter(foretold?.token)).toBe(expected);
  });

  it('is the surer the more tokens are alike and the more places agree', () => {
    const sureness = (text: string): number => foretell({ text: tokens(text), references: [] })!.probability;
    expect(sureness('.aX.a')).toBeLessThan(sureness('.abX.ab'));
    expect(sureness('abX.ab')).toBeLessThan(sureness('abX.abX.ab'));
    expect(sureness('abX.abY.ab')).toBeLessThan(sureness('abX.abX.ab'));
    expect(sureness('abcd'.repeat(20))).toBeGreaterThan(0.8);
    expect(sureness('abcd'.repeat(20))).toBeLessThan(1);
  });

  it('smooths each order by the one below', () => {
    // One token alike at two places, one of them X: 1 / (2 + 3); two alike at one, X: (1 + 3 / 5) / (1 + 3).
    const { probability } = foretell({ text: tokens('baX_aY_ba'), references: [] })!;
    expect(probability).toBeCloseTo((1 + 3 * (1 / 5)) / (1 + 3), 12);
  });
});
