import * as z from 'zod';
import type { FeedbackRecords } from '../data/dataset.ts';
import type { HeldOutComparison } from '../gate/heldOutEvaluation.ts';

const count = z.number().int().nonnegative();

const answerSchema = z.object({
  text: z.string(),
  isAccepted: z.boolean(),
  keptChars: count,
  refusedChars: count,
});

/** Both policies at one held-out prompt, with as little of the document as one needs to read it. */
const keptComparisonSchema = z.object({
  demonstration: z.object({
    documentUri: z.string(),
    languageId: z.string(),
    atMs: z.number(),
    /** The last lines before the cursor, the cursor's own among them. */
    prefix: z.string(),
    /** What the user wrote there. */
    text: z.string(),
  }),
  before: answerSchema,
  after: answerSchema,
});

export type KeptComparison = z.infer<typeof keptComparisonSchema>;

/**
 * What is kept beside an adapter of the held-out work it was measured on, for its learning report. It
 * holds the user's code and is forgotten with it.
 */
export const keptComparisonsSchema = z.object({
  formatVersion: z.literal(1),
  comparisons: z.array(keptComparisonSchema),
  /** Comparisons that were here and have been forgotten. */
  forgotten: count,
});

export type KeptComparisons = z.infer<typeof keptComparisonsSchema>;

/** Enough lines to know the place again. */
const keptLines = 6;

/** A line longer than this is generated or data. */
const maxPrefixChars = 1000;

/**
 * The comparisons as they are kept. Those whose record the user has forgotten while the run went on
 * are left out.
 */
export function keepComparisons(
  comparisons: readonly HeldOutComparison[],
  records: FeedbackRecords,
): KeptComparisons {
  const all = [...records.completions(), ...records.demonstrations(), ...records.imported()];
  const stored = new Set(all.map(({ id }): string => id));
  const kept = comparisons.filter(({ demonstration }) => stored.has(demonstration.recordId));
  return {
    formatVersion: 1,
    comparisons: kept.map(toKept),
    forgotten: comparisons.length - kept.length,
  };
}

/** Whether what happened somewhere has been forgotten. */
export type IsForgotten = (place: { readonly documentUri: string; readonly atMs: number }) => boolean;

/** The same without what has been forgotten. */
export function withoutPlaces(kept: KeptComparisons, isForgotten: IsForgotten): KeptComparisons {
  const comparisons = kept.comparisons.filter(({ demonstration }) => !isForgotten(demonstration));
  return { ...kept, comparisons, forgotten: kept.forgotten + kept.comparisons.length - comparisons.length };
}

function toKept({ demonstration, before, after }: HeldOutComparison): KeptComparison {
  const { documentUri, languageId, atMs, prefix, text } = demonstration;
  const shown = { documentUri, languageId, atMs, prefix: endOf(prefix), text };
  return keptComparisonSchema.parse({ demonstration: shown, before, after });
}

function endOf(prefix: string): string {
  return prefix.split('\n').slice(-keptLines).join('\n').slice(-maxPrefixChars);
}
