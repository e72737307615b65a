import { cursorLineOf } from '../completion/context.ts';
import { heldOutTotals, type HeldOutAnswer, type HeldOutComparison } from '../trainer/heldOutEvaluation.ts';
import type { RetrainOutcome } from '../trainer/gate.ts';
import { utilityOf } from '../trainer/utility.ts';
import type { RetrainSummary } from './clients.ts';

/** What a retraining came to, small enough for a message. */
export function summarise({ manifest, comparisons }: RetrainOutcome): RetrainSummary {
  const heldOut = {
    before: heldOutTotals(comparisons, 'before'),
    after: heldOutTotals(comparisons, 'after'),
  };
  return { manifest, heldOut, samples: chooseSamples(comparisons).map(toSample) };
}

/** As many as one reads. */
const maxSamples = 6;

/**
 * The comparisons that differ most. Those that got better and those that got worse take turns, as
 * far as there are any, so that neither side hides the other.
 */
function chooseSamples(comparisons: readonly HeldOutComparison[]): HeldOutComparison[] {
  const different = comparisons.filter(({ before, after }) => before.text !== after.text);
  const byGain = different.sort((a, b) => gainOf(b) - gainOf(a));
  const better = byGain.filter((comparison) => gainOf(comparison) >= 0);
  const worse = byGain.filter((comparison) => gainOf(comparison) < 0).reverse();
  const inTurns = better.flatMap((comparison, i) => [comparison, ...worse.slice(i, i + 1)]);
  return [...inTurns, ...worse.slice(better.length)].slice(0, maxSamples);
}

function gainOf({ before, after }: HeldOutComparison): number {
  return worthOf(after) - worthOf(before);
}

function worthOf({ keptChars, refusedChars }: HeldOutAnswer): number {
  return utilityOf(keptChars, refusedChars);
}

function toSample({ demonstration, before, after }: HeldOutComparison): RetrainSummary['samples'][number] {
  return {
    documentUri: demonstration.documentUri,
    lineBefore: cursorLineOf(demonstration).before,
    written: demonstration.text,
    before: before.text,
    after: after.text,
  };
}
