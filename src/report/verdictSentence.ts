import { comparedSentence, silenceAloneSentence } from '../trainer/gate/comparedSentence.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';
import { retold } from './storedSentences.ts';

/** A verdict in the reader's language: told anew from its numbers, or retold where it has none. */
export function verdictSentence({
  promoted,
  comparison,
  isSilenceAlone,
  reason,
}: Manifest['verdict']): string {
  if (comparison === undefined) return retold(reason);
  const compared = comparedSentence(promoted, comparison);
  return isSilenceAlone === true ? `${compared} ${silenceAloneSentence()}` : compared;
}
