import type { Clock } from '../clock.ts';

/** One or two refusals say nothing; Cody waits for five before it slows down, and users still found it eager. */
const patience = 3;

/** Each further refusal makes completions wait this much longer, up to the most: a pause to think, not to type. */
const stepMs = 250;
const maxExtraMs = 1500;

/** Without a refusal for this long the user's mood is taken to have changed. */
const forgetMs = 5 * 60_000;

/**
 * How long to hold completions back for a user who keeps refusing them. One that is accepted ends it
 * at once.
 */
export class Eagerness {
  readonly #clock: Clock;
  #refusalsInARow = 0;
  #lastRefusalMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to wait on top of the debounce time. */
  extraDelayMs(): number {
    if (this.#clock.nowMs() - this.#lastRefusalMs >= forgetMs) this.#refusalsInARow = 0;
    return Math.min(maxExtraMs, stepMs * Math.max(0, this.#refusalsInARow - patience + 1));
  }

  noteRefused(): void {
    this.#refusalsInARow += 1;
    this.#lastRefusalMs = this.#clock.nowMs();
  }

  noteAccepted(): void {
    this.#refusalsInARow = 0;
  }
}
