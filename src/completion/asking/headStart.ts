import type { Clock, Timer } from '../clock.ts';
import { isSamePlace, type AskedPlace } from '../typing/typingAlong.ts';

/** What the policy can do for a place before its completion may be given out. */
export interface EarlyWork {
  /** Reads the prompt, until the signal is aborted. */
  readonly prepare: (signal: AbortSignal) => void;
  /** Begins to write. */
  readonly write: () => void;
}

/** How long typing rests before a completion is given out, and how long before that it is begun. */
export interface EarlyTimes {
  readonly restMs: number;
  /** Absent: nothing is written before typing has rested. */
  readonly headStartMs: number | undefined;
}

/**
 * The time between a key and the moment at which a completion may be given out for it. The prompt is
 * read at the key, and writing begins at the key as well, or where the rest is longer than the head
 * start, that much before its end.
 */
export class HeadStart {
  readonly #clock: Clock;
  #place: AskedPlace | undefined;
  #keyMs = 0;
  #begun = new AbortController();
  #writing: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the last key led to a place, and nothing has ended since. */
  isAt(place: AskedPlace): boolean {
    return this.#place !== undefined && isSamePlace(this.#place, place);
  }

  /** Takes the key that led to a place. Without work only the time is taken. */
  begin(place: AskedPlace, times: EarlyTimes, work?: EarlyWork): void {
    this.end();
    this.#place = place;
    this.#keyMs = this.#clock.nowMs();
    if (work !== undefined) this.#setToWork(times, work);
  }

  /** Resolves once typing has rested since the key, or the signal is aborted. */
  rest({ restMs }: EarlyTimes, signal: AbortSignal): Promise<void> {
    const leftMs = this.#keyMs + restMs - this.#clock.nowMs();
    if (leftMs <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(leftMs, resolve);
      const stop = (): void => {
        timer.dispose();
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Ends what is being prepared, and keeps the policy from beginning to write. */
  end(): void {
    this.#place = undefined;
    this.#begun.abort();
    this.#writing?.dispose();
  }

  #setToWork({ restMs, headStartMs }: EarlyTimes, { prepare, write }: EarlyWork): void {
    const waitMs = headStartMs === undefined ? Infinity : restMs - headStartMs;
    if (waitMs <= 0) {
      write();
      return;
    }
    this.#begun = new AbortController();
    prepare(this.#begun.signal);
    if (waitMs < restMs) this.#writing = this.#clock.setTimer(waitMs, write);
  }
}
