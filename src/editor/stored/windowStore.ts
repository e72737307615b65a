import type * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { Renaming } from '../../feedback/files/documentNames.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { ScreenedSink } from '../../feedback/storing/screenedSink.ts';
import type { StorageRules } from '../../feedback/storing/storable.ts';
import type { Logger } from '../logger.ts';
import type { Notices } from '../notices.ts';
import { openStore, tellStoreProblem } from './openStore.ts';
import { StoredRecords } from './storedRecords.ts';
import { StoreLimit } from './storeLimit.ts';

/** What opening the store of a window needs. */
export interface WindowStoreOptions {
  readonly path: string;
  readonly limitBytes: () => number;
  readonly storageRules: () => StorageRules;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly log: Logger;
}

/** The store of a window, with what stands before it and what holds it small. */
export class WindowStore implements vscode.Disposable {
  /** Undefined when it cannot be had; all else works without it. */
  readonly store: FeedbackStore | undefined;
  readonly records: StoredRecords;
  /** Undefined with `store`. */
  readonly sink: ScreenedSink | undefined;
  readonly #limit: StoreLimit;
  readonly #onProblem: (problem: unknown) => void;

  constructor({ path, limitBytes, storageRules, clock, notices, log }: WindowStoreOptions) {
    const store = openStore(path, clock.nowMs(), notices);
    this.#onProblem = (problem) => tellStoreProblem(problem, notices);
    this.store = store;
    this.records = new StoredRecords(store, clock, log);
    this.sink = store && new ScreenedSink(store, storageRules, this.#onProblem);
    const onTrimmed = (): void => this.records.forgetCount();
    this.#limit = new StoreLimit({ store, limitBytes, clock, log, onTrimmed });
  }

  /** So that forgetting a file finds what was stored under the names it had before. */
  async noteRenamed(renaming: Renaming): Promise<void> {
    await this.settled();
    try {
      this.store?.noteRenamed(renaming);
    } catch (error) {
      this.#onProblem(error);
    }
  }

  /** Resolves when all that was handed in so far is stored. */
  async settled(): Promise<void> {
    await this.sink?.settled();
  }

  dispose(): void {
    this.#limit.dispose();
    void this.settled().then(() => this.store?.close());
  }
}
