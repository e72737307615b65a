import * as z from 'zod';
import type { FeedbackRecords } from '../data/dataset.ts';
import type { AdapterStore } from './adapterStore.ts';
import type { StoredAdapter } from './storedAdapter.ts';

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

/** Ids of all records that some adapters learned from, as far as that is known. */
export async function learnedFromByAny(
  adapters: readonly (Pick<StoredAdapter, 'id'> | undefined)[],
  store: Pick<AdapterStore, 'learnedFrom'>,
): Promise<ReadonlySet<string>> {
  const learned = new Set<string>();
  for (const adapter of adapters) {
    const ids = adapter === undefined ? [] : ((await store.learnedFrom(adapter.id)) ?? []);
    for (const id of ids) learned.add(id);
  }
  return learned;
}

/** Whether something was learned from, and all of it was forgotten meanwhile. */
export function isForgotten(learnedFrom: readonly string[], records: Pick<FeedbackRecords, 'find'>): boolean {
  return learnedFrom.length > 0 && !learnedFrom.some((id) => records.find(id) !== undefined);
}
