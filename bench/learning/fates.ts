import { groupedBy } from '../../src/trainer/data/groups.ts';
import type { Row } from './rows.ts';

/** What became of one answer, and if it was refused, why. */
export function fateOf({ offered, reason, taken, restOfLine }: Row): string {
  if (offered === '') return `nothing offered: ${reason ?? 'unknown'}`;
  switch (taken) {
    case 'all':
      return 'right as a whole';
    case 'lines':
      return 'right for whole lines, wrong below';
    case 'words':
      return 'right for some words, then wrong';
    case 'nothing':
      return refusalOf(offered, restOfLine.trimEnd());
  }
}

/** Why a text was refused that somebody compares with what they write. */
function refusalOf(offered: string, written: string): string {
  if (written === '') return 'refused: nothing else was written on the line';
  if (offered.startsWith(written)) return 'refused: it goes on where the line ended';
  return offered[0] === written[0]
    ? 'refused: right for less than a word'
    : 'refused: wrong from the first character';
}

/** How many answers of each policy met each fate, as lines for the terminal, the most frequent first. */
export function fatesText(stages: Readonly<Record<string, readonly Row[]>>): string[] {
  const all = groupedBy(Object.values(stages).flat(), fateOf).sort((a, b) => b.length - a.length);
  const counts = (fate: string): string =>
    Object.values(stages)
      .map((rows) => String(rows.filter((row) => fateOf(row) === fate).length).padStart(8))
      .join('');
  const names = Object.keys(stages).map((name) => name.padStart(8));
  return [
    `  ${'what became of the answers'.padEnd(44)}${names.join('')}`,
    ...all.map(([row]) => `    ${fateOf(row!).padEnd(42)}${counts(fateOf(row!))}`),
  ];
}
