import type { FeedbackRecords } from '../../trainer/data/dataset.ts';

/**
 * The records of what happened up to a moment. A retraining that was interrupted learns from the same
 * ones when it goes on, whatever came in meanwhile; what became of those in the end counts all the same.
 */
export function recordsUntil(records: FeedbackRecords, untilMs: number): FeedbackRecords {
  const early = <T extends { readonly atMs: number }>(all: readonly T[]): T[] =>
    all.filter(({ atMs }) => atMs <= untilMs);
  return {
    completions: () => early(records.completions()),
    rankings: () => early(records.rankings()),
    demonstrations: () => early(records.demonstrations()),
    find: (id) => records.find(id),
    namesOf: (documentUri) => records.namesOf(documentUri),
    imported: () => records.imported().filter(({ importedAtMs }) => importedAtMs <= untilMs),
  };
}
