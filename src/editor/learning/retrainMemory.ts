import { hasNumbers, type LastingValues } from '../lastingValues.ts';

/** The last retraining that was begun. */
export interface LastRetraining {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
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

  /** At 0 before the first retraining. */
  get last(): LastRetraining {
    const stored = this.#values.get(key);
    return hasNumbers(stored, ['atMs']) ? { atMs: stored.atMs } : { atMs: 0 };
  }

  /**
   * Notes that a retraining begins now. Gives up to when records count for it: for one that goes on
   * from a checkpoint, up to when the interrupted one was begun.
   */
  begin(nowMs: number, hasCheckpoint: boolean): number {
    const { atMs } = this.last;
    if (hasCheckpoint && nowMs - atMs < resumableForMs) return atMs;
    void this.#values.update(key, { atMs: nowMs } satisfies LastRetraining);
    return nowMs;
  }
}
