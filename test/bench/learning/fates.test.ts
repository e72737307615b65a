import { expect, it } from 'vitest';
import { fateOf, fatesText } from '../../../bench/learning/fates.ts';
import type { Row } from '../../../bench/learning/rows.ts';
import { acceptedRow, sampleRow } from './sampleRow.ts';

it.each<[fate: string, row: Row]>([
  ['nothing offered: suffixRepeats', sampleRow({ offered: '', reason: 'suffixRepeats' })],
  ['right as a whole', acceptedRow('return total')],
  ['right for whole lines, wrong below', sampleRow({ taken: 'lines', keptChars: 13 })],
  ['right for some words, then wrong', sampleRow({ taken: 'words', keptChars: 7 })],
  ['refused: it goes on where the line ended', sampleRow({ offered: 'return total + tax' })],
  ['refused: right for less than a word', sampleRow({ offered: 'raise Error' })],
  ['refused: wrong from the first character', sampleRow({ offered: 'pass' })],
  ['refused: nothing else was written on the line', sampleRow({ restOfLine: '\n' })],
])('says "%s"', (fate, row) => expect(fateOf(row)).toBe(fate));

it('counts the fates of each policy, the most frequent first', () => {
  const lines = fatesText({
    base: [sampleRow(), sampleRow()],
    final: [sampleRow(), acceptedRow('return total')],
  });
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/wrong from the first character +2 +1$/);
  expect(lines[2]).toMatch(/right as a whole +0 +1$/);
});
