import { describe, expect, it } from 'vitest';
import {
  compareRows,
  measuresOfRows,
  medianCounts,
  medianOf,
  rowsTogether,
  sumOfMeasures,
  totalsAmong,
} from '../../../bench/learning/measures.ts';
import type { Row } from '../../../bench/learning/rows.ts';
import { acceptedRow, sampleRow } from './sampleRow.ts';

const totalsOf = (rows: readonly Row[]) => sumOfMeasures(measuresOfRows(rows));
const documentUri = (index: number) => `file:///replayed/${index}.py`;

describe('the measures of rows', () => {
  it('count what was asked, shown, accepted, kept and refused', () => {
    const silent = sampleRow({ offset: 40, offered: '', reason: 'silence' });
    const partly = sampleRow({ offset: 80, offered: 'return x', taken: 'words', keptChars: 7 });
    expect(totalsOf([acceptedRow('return total'), silent, partly])).toEqual({
      asked: 3,
      shown: 2,
      accepted: 1,
      keptChars: 19,
      refusedChars: 1,
      typedChars: 39,
      keystrokesSaved: 11 + 5,
    });
  });

  it('count each character of the text once, however often it was offered', () => {
    const again = acceptedRow('total', { offset: 7, restOfLine: 'total\n' });
    expect(totalsOf([acceptedRow('return total'), again])).toMatchObject({
      accepted: 2,
      keptChars: 12,
      typedChars: 13,
      keystrokesSaved: 11,
    });
  });

  it('count no key that takes only what was taken before', () => {
    const kept = (offset: number, offered: string, keptChars: number) =>
      sampleRow({
        offset,
        offered,
        taken: 'words',
        keptChars,
        restOfLine: 'return total(items, tax)\n'.slice(offset),
      });
    // Four keys for `return`, ` total`, `(` and `items`; of the five of the next one only `,` and ` tax` are new.
    expect(totalsOf([kept(0, 'return total(items)', 18), kept(7, 'total(items, taxes', 16)])).toMatchObject({
      keptChars: 18 + 5,
      keystrokesSaved: 18 - 4 + 5 - 2,
    });
  });

  it('count what reaches beyond the line, and the same place in another document', () => {
    const rows = [
      acceptedRow('return total\n\nx = 1'),
      acceptedRow('return', { documentUri: documentUri(2) }),
    ];
    expect(totalsOf(rows)).toMatchObject({ keptChars: 25, typedChars: 32 });
  });

  it('are nothing of nothing', () => expect(totalsOf([])).toMatchObject({ asked: 0, typedChars: 0 }));
});

it('counts as typed, for all policies alike, the lines that any of them kept something of', () => {
  const lines = 'return total\n\nx = 1\ny = 2';
  const [longer, shorter] = [[acceptedRow(lines)], [sampleRow()]];
  const totalsOf = totalsAmong([shorter, longer]);
  expect(totalsOf(longer)).toMatchObject({ keptChars: lines.length, typedChars: lines.length });
  expect(totalsOf(shorter)).toMatchObject({ keptChars: 0, typedChars: lines.length });
});

describe('compareRows', () => {
  const lines = Array.from({ length: 24 }, (_, i) => ({ documentUri: documentUri(i % 8), offset: 20 * i }));
  const refused = lines.map((place) => sampleRow(place));
  const keeping = (chars: number, every = 1) =>
    lines.map((place, i) => (i % every === 0 ? acceptedRow('x'.repeat(chars), place) : sampleRow(place)));

  it('gives the new policy as a share of the old, with an interval over files', () => {
    const { keptChars, acceptRate, shown, refusedChars, keystrokesSaved } = compareRows(
      keeping(4),
      keeping(6),
      1,
    );
    expect(keptChars).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(acceptRate.value).toBe(0);
    expect(shown.value).toBe(0);
    // One key takes four characters, or six.
    expect(keystrokesSaved.value).toBeCloseTo(5 / 3 - 1);
    expect(refusedChars).toEqual({ value: 0, low: 0, high: 0 });
    const half = compareRows(refused, keeping(4, 2), 1).refusedChars;
    expect(half.value).toBe(-0.5);
    expect([half.low! <= -0.5, half.high! >= -0.5]).toEqual([true, true]);
  });

  it('is less sure where files differ', () => {
    const { keptChars } = compareRows(keeping(4), keeping(6, 5), 1);
    expect(keptChars.low).toBeLessThan(keptChars.value!);
    expect(keptChars.high).toBeGreaterThan(keptChars.value!);
    expect(keptChars.low).toBeGreaterThanOrEqual(-1);
  });

  it('is the same for the same seed', () => {
    expect(compareRows(keeping(4), keeping(6, 5), 1)).toEqual(compareRows(keeping(4), keeping(6, 5), 1));
  });

  const silent = lines.map((place) => sampleRow({ ...place, offered: '', reason: 'silence' }));
  const unsaid = { value: null, low: null, high: null };

  it('says nothing as a share of nothing', () => {
    expect(compareRows(refused, keeping(4), 1).keptChars).toEqual({ ...unsaid, why: 'otherHasNone' });
    expect(compareRows(silent, keeping(4), 1).acceptRate).toEqual({ ...unsaid, why: 'otherHasNone' });
  });

  it('says which of the two has no accept rate', () => {
    const { acceptRate, keptChars } = compareRows(keeping(4), silent, 1);
    expect(acceptRate).toEqual({ ...unsaid, why: 'hasNone' });
    expect(keptChars).toEqual({ value: -1, low: -1, high: -1 });
    expect(compareRows(silent, silent, 1).acceptRate).toEqual({ ...unsaid, why: 'otherHasNone' });
  });

  it('finds no change between two that have the same, also nothing', () => {
    const same = { value: 0, low: 0, high: 0 };
    const { acceptRate, ...others } = compareRows(silent, silent, 1);
    expect(others).toEqual({ keptChars: same, shown: same, refusedChars: same, keystrokesSaved: same });
    expect(compareRows(refused, refused, 1).acceptRate).toEqual(same);
    expect(acceptRate.value).toBeNull();
  });

  it('has no interval where the requests are too few to draw some of them', () => {
    const few = (chars: number) =>
      [0, 1, 2, 3, 4].map((i) => acceptedRow('x'.repeat(chars), { offset: 20 * i }));
    expect(compareRows(few(4), few(6), 1).keptChars).toEqual({
      ...{ value: 0.5, low: null, high: null },
      why: 'tooFewRequests',
    });
  });

  it('has no upper end where some draws of the old policy keep nothing', () => {
    const rare = lines.map((place, i) => (i === 0 ? acceptedRow('x', place) : sampleRow(place)));
    const { value, low, high, why } = compareRows(rare, keeping(4), 1).keptChars;
    expect([value, high, why]).toEqual([95, null, 'noneInSomeDraws']);
    expect(low).toBeLessThan(95);
  });

  it('refuses rows of different places', () => {
    expect(() => compareRows(refused, refused.slice(1), 1)).toThrow(/different places/);
    expect(() => compareRows(refused, [...refused.slice(1), refused[0]!], 1)).toThrow(/different places/);
  });
});

it('takes the median of the projects of which something can be said', () => {
  const relative = (value: number | null) => {
    const figure = { value, low: null, high: null };
    const none = { ...figure, value: null };
    return {
      keptChars: figure,
      acceptRate: none,
      shown: figure,
      refusedChars: none,
      keystrokesSaved: figure,
    };
  };
  const all = [relative(0.5), relative(null), relative(1)];
  expect(medianCounts(all)).toEqual({
    keptChars: 2,
    acceptRate: 0,
    shown: 2,
    refusedChars: 0,
    keystrokesSaved: 2,
  });
  expect(medianOf(all)).toEqual({
    keptChars: 0.75,
    acceptRate: null,
    shown: 0.75,
    refusedChars: null,
    keystrokesSaved: 0.75,
  });
});

it('puts the rows of projects together, in which the same path is another document', () => {
  const [one, other] = [acceptedRow('return total'), acceptedRow('return')];
  const together = rowsTogether([[one], [other]]);
  expect(totalsOf(together)).toEqual(sumOfMeasures([totalsOf([one]), totalsOf([other])]));
  expect(totalsOf([one, other]).keptChars).toBe(12);
});
