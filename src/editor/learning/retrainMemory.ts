import { hasNumbers, type LastingValues } from '../lastingValues.ts';

/** The last retraining that was begun, and what was learned by then. */
export interface LastRetraining {
  /** When it was begun, in milliseconds since the epoch. */
  readonly atMs: number;
  /** Up to when records counted for the last that came to a verdict: what ended before has learned nothing of them. */
  readonly learnedUntilMs: number;
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
    if (!hasNumbers(stored, ['atMs'])) return { atMs: 0, learnedUntilMs: 0 };
    const { atMs } = stored;
    // Older versions did not tell the two apart.
    return { atMs, learnedUntilMs: hasNumbers(stored, ['learnedUntilMs']) ? stored.learnedUntilMs : atMs };
  }

  /**
   * Notes that a retraining begins now. Gives up to when records count for it: for one that goes on
   * from a checkpoint, up to when the interrupted one was begun.
   */
  begin(nowMs: number, hasCheckpoint: boolean): number {
    const { atMs, learnedUntilMs } = this.last;
    if (hasCheckpoint && nowMs - atMs < resumableForMs) return atMs;
    this.#keep({ atMs: nowMs, learnedUntilMs });
    return nowMs;
  }

  /** Notes that a retraining for which records counted up to a moment came to a verdict. */
  noteVerdict(learnedUntilMs: number): void {
    this.#keep({ ...this.last, learnedUntilMs });
  }

  #keep(last: LastRetraining): void {
    void this.#values.update(key, last);
  }
}
