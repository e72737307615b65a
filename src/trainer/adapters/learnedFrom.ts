import * as z from 'zod';
import type { FeedbackRecords } from '../data/dataset.ts';

/** Which records an adapter learned from. Ids are random; they say nothing of the user's work. */
export const learnedFromSchema = z.object({ formatVersion: z.literal(1), recordIds: z.array(z.string()) });

/**
 * The records that an adapter learned from which began with another's weights: its own and those.
 * `undefined` where the other's are not known.
 */
export function withInherited(
  own: readonly string[],
  inherited: readonly string[] | undefined,
): string[] | undefined {
  return inherited && [...new Set([...inherited, ...own])];
}

/** The ids of all that is stored now; some of it may have been forgotten while a run went on. */
export function storedIds(records: FeedbackRecords): ReadonlySet<string> {
  const all = [
    ...records.completions(),
    ...records.rankings(),
    ...records.demonstrations(),
    ...records.imported(),
  ];
  return new Set(all.map(({ id }): string => id));
}

/** Whether something was learned from, and all of it is forgotten. */
export function isForgotten(learnedFrom: readonly string[], records: FeedbackRecords): boolean {
  if (learnedFrom.length === 0) return false;
  const stored = storedIds(records);
  return !learnedFrom.some((id) => stored.has(id));
}
