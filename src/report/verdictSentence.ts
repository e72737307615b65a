import { comparedSentence } from '../trainer/comparedSentence.ts';
import type { Manifest } from '../trainer/manifest.ts';
import { retold } from './storedSentences.ts';

/** A verdict in the reader's language: told anew from its numbers, or retold where it has none. */
export function verdictSentence({ promoted, comparison, reason }: Manifest['verdict']): string {
  return comparison === undefined ? retold(reason) : comparedSentence(promoted, comparison);
}
