import type { AdapterId } from '../../engine/policy.ts';
import type { StoredRecord } from '../../feedback/completionRecord.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import type { Adapters } from '../adapters.ts';
import type { DataPaths } from '../dataFolder.ts';
import { forgetKeptWork } from './forgetting.ts';

/** What has to be known of a record to forget it everywhere. */
export type RecordPlaceInWork = Pick<StoredRecord['record'], 'id' | 'documentUri' | 'atMs'>;

/**
 * Forgets records and what is kept of the same places elsewhere. Gives how many records there were. What
 * adapters learned from them stays in those (see `learnersOf`).
 */
export async function forgetRecords(
  records: readonly RecordPlaceInWork[],
  store: Pick<FeedbackStore, 'deleteRecords'>,
  paths: Pick<DataPaths, 'adapters' | 'checkpoint'>,
): Promise<number> {
  const count = store.deleteRecords(records.map(({ id }) => id));
  const keyOf = ({ documentUri, atMs }: Pick<RecordPlaceInWork, 'documentUri' | 'atMs'>) =>
    `${atMs} ${documentUri}`;
  const places = new Set(records.map(keyOf));
  await forgetKeptWork(paths, (place) => places.has(keyOf(place)));
  return count;
}

/** Which adapters know something. */
export interface Learners {
  readonly learned: readonly AdapterId[];
  /** What they learned from is not known. */
  readonly unknown: readonly AdapterId[];
  /** Whether the one that serves is among either. */
  readonly isServing: boolean;
  /** The newest of the model that was promoted and did not learn from it; undefined is the base model. */
  readonly newestWithout: AdapterId | undefined;
}

/** Which adapters learned from any of these records. */
export async function learnersOf(
  ids: readonly string[],
  adapters: Pick<Adapters, 'list' | 'learnedFrom'>,
  { servingId, model }: { readonly servingId: AdapterId | undefined; readonly model: string },
): Promise<Learners> {
  const asked = new Set(ids);
  const found = { learned: [] as AdapterId[], unknown: [] as AdapterId[], without: [] as AdapterId[] };
  for (const entry of await adapters.list()) {
    if (entry.kind === 'damaged') continue;
    const recordIds = await adapters.learnedFrom(entry.id);
    if (recordIds === undefined) found.unknown.push(entry.id);
    else if (recordIds.some((id) => asked.has(id))) found.learned.push(entry.id);
    else if (entry.manifest.verdict.promoted && entry.manifest.baseModelId === model)
      found.without.push(entry.id);
  }
  const { learned, unknown, without } = found;
  const isServing = servingId !== undefined && [...learned, ...unknown].includes(servingId);
  return { learned, unknown, isServing, newestWithout: without.at(-1) };
}
