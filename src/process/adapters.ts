import { rm } from 'node:fs/promises';
import type { AdapterId } from '../engine/policy.ts';
import { AdapterStore, type AdapterEntry } from '../trainer/adapterStore.ts';

/** The adapters of one user, for whoever lets the user choose among them. */
export interface Adapters {
  /** All of them by age, oldest first; a damaged one is an entry that says so. */
  list(): Promise<readonly AdapterEntry[]>;
  /** The one that serves; undefined when the base model serves alone. */
  servingId(): Promise<AdapterId | undefined>;
  /** Lets an adapter serve from now on; undefined lets the base model serve alone. */
  serve(id: AdapterId | undefined): Promise<void>;
  /** Deletes every adapter; the base model serves then. */
  deleteAll(): Promise<void>;
}

/** The adapters in a folder, from outside the trainer's process. */
export function adaptersIn(folder: string): Adapters {
  const store = new AdapterStore(folder);
  return {
    list: () => store.list(),
    servingId: async () => (await store.serving()).adapterId,
    serve: (id) => (id === undefined ? store.rollBackToBase() : store.promote(id)),
    async deleteAll() {
      await store.rollBackToBase();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
