import { rm } from 'node:fs/promises';
import type { AdapterId } from '../engine/policy.ts';
import type { Sentence } from '../sentences/sentence.ts';
import { AdapterStore, type AdapterEntry } from '../trainer/adapters/adapterStore.ts';
import { TrainerError } from '../trainer/errors.ts';
import type { IsForgotten, KeptComparisons } from '../trainer/adapters/keptComparisons.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';

/** The adapters of one user, for whoever lets the user choose among them. */
export interface Adapters {
  /** All of them by age, oldest first; a damaged one is an entry that says so. */
  list(): Promise<readonly AdapterEntry[]>;
  /** The one that serves; undefined when the base model serves alone. */
  servingId(): Promise<AdapterId | undefined>;
  /** An adapter's manifest. Throws TrainerError 'adapterMissing' or 'adapterDamaged'. */
  manifest(id: AdapterId): Promise<Manifest>;
  /** What is kept of the held-out work an adapter was measured on; undefined where nothing is. */
  comparisons(id: AdapterId): Promise<KeptComparisons | undefined>;
  /** Lets the one of the same model serve that served before an adapter, or else the base model, and gives it. */
  rollBack(from: AdapterId): Promise<AdapterId | undefined>;
  /** Lets an adapter serve from now on; undefined lets the base model serve alone. */
  serve(id: AdapterId | undefined): Promise<void>;
  /** Ids of the records an adapter learned from; undefined where they are not known. */
  learnedFrom(id: AdapterId): Promise<readonly string[] | undefined>;
  /** Forgets held-out work that adapters keep, of some places or of all. The adapters stay. */
  forget(isForgotten?: IsForgotten): Promise<void>;
  /** Deletes every adapter; the base model serves then. */
  deleteAll(): Promise<void>;
}

/** The adapters in a folder, from outside the trainer's process. */
export function adaptersIn(folder: string): Adapters {
  const store = new AdapterStore(folder);
  return {
    list: () => store.list(),
    servingId: async () => (await store.serving()).adapterId,
    manifest: (id) => store.manifest(id),
    comparisons: (id) => store.comparisons(id),
    rollBack: (from) => store.rollBack(from),
    serve: (id) => (id === undefined ? store.rollBackToBase() : store.promote(id)),
    learnedFrom: (id) => store.learnedFrom(id),
    forget: (isForgotten) =>
      isForgotten === undefined ? store.forgetComparisons() : store.forgetPlaces(isForgotten),
    async deleteAll() {
      // First, so that nobody is sent to what is just going; without a folder there is nothing to say it in.
      if ((await store.serving()).adapterId !== undefined) await store.rollBackToBase();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Why an adapter was refused only because its files do not say that it belongs to the model; undefined for any other error. */
export function doubtOfBase(error: unknown): Sentence | undefined {
  const problem = TrainerError.is(error, 'adapterBaseUnsure') ? error.details['problem'] : undefined;
  return typeof problem === 'object' ? problem : undefined;
}
