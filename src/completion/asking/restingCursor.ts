import type { Clock, Timer } from '../clock.ts';

/** Who looks for a place passes others faster; who has found it takes longer to begin to type. */
const restMs = 300;

/** A cursor that was moved to where nothing was typed: once it rests there, something can be read for it. */
export class RestingCursor {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #reading = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `read` when the cursor has rested, with what ends the reading. What was for another place ends. */
  restAt(read: (signal: AbortSignal) => void): void {
    this.end();
    const { signal } = (this.#reading = new AbortController());
    this.#timer = this.#clock.setTimer(restMs, () => read(signal));
  }

  end(): void {
    this.#timer?.dispose();
    this.#reading.abort();
  }
}
