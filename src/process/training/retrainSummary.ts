import { heldOutTotals } from '../../trainer/gate/heldOutTotals.ts';
import type { RetrainOutcome } from '../../trainer/gate/gate.ts';
import type { RetrainSummary } from '../clients.ts';

/** What a retraining came to, small enough for a message. */
export function summarise({ manifest, comparisons }: RetrainOutcome): RetrainSummary {
  const heldOut = {
    before: heldOutTotals(comparisons, 'before'),
    after: heldOutTotals(comparisons, 'after'),
  };
  return { manifest, heldOut };
}
