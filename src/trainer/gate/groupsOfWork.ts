import { groupedBy } from '../data/groups.ts';

/**
 * Fewest groups that say anything for sure: when each of 6 independent groups gains, chance alone
 * explains it with 1/64 = 1.6 %; with 5 groups that would be 3.1 %, above the 2.5 % that a 95 %
 * interval leaves.
 */
export const minGroups = 6;

/** Prompts that stand for one group where there are too few documents to be the groups. */
export const promptsPerStretch = 5;

/** Where and when something was asked. */
export interface PlaceOfWork {
  readonly documentUri: string;
  /** Milliseconds since the epoch, or any other number that grows with the work. */
  readonly atMs: number;
}

/**
 * The places in groups that may count as independent: documents, or, where there are too few of
 * them, stretches of neighbouring prompts in one document (blocks, as Künsch 1989 resamples a series).
 */
export function groupsOfWork<T extends PlaceOfWork>(places: readonly T[]): T[][] {
  const inTime = [...places].sort((a, b) => a.atMs - b.atMs);
  const documents = groupedBy(inTime, ({ documentUri }) => documentUri);
  return documents.length >= minGroups ? documents : documents.flatMap(stretchesOf);
}

function stretchesOf<T>(document: readonly T[]): T[][] {
  const count = Math.max(1, Math.floor(document.length / promptsPerStretch));
  const startOf = (index: number) => Math.round((index * document.length) / count);
  return Array.from({ length: count }, (_, index) => document.slice(startOf(index), startOf(index + 1)));
}
