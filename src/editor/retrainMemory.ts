import { hasNumbers, type LastingValues } from './lastingValues.ts';

/** The last retraining that was begun: when, and how many records there were. */
export interface LastRetraining {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly storedRecords: number;
}

const key = 'lastRetraining';

/** An interrupted run is gone on from within a day: later it would learn from old work only. */
const resumableForMs = 24 * 60 * 60_000;

/** What is remembered of retrainings from one window to the next. */
export class RetrainMemory {
  readonly #values: LastingValues;

  constructor(values: LastingValues) {
    this.#values = values;
  }

  /** Zeros before the first retraining. */
  get last(): LastRetraining {
    const stored = this.#values.get(key);
    return hasNumbers(stored, ['atMs', 'storedRecords']) ? stored : { atMs: 0, storedRecords: 0 };
  }

  /**
   * Notes that a retraining begins now. Gives up to when records count for it: for one that goes on
   * from a checkpoint, up to when the interrupted one was begun.
   */
  begin(now: LastRetraining, hasCheckpoint: boolean): number {
    const { atMs } = this.last;
    if (hasCheckpoint && now.atMs - atMs < resumableForMs) return atMs;
    void this.#values.update(key, now);
    return now.atMs;
  }
}
