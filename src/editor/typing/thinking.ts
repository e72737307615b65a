import type { Clock } from '../../completion/clock.ts';

/** What is written sooner is there before anybody could read that it is being written. */
const noticedMs = 300;

/** Whether the model has been writing for so long that the user may wonder. */
export class Thinking {
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  readonly #long = new Set<Promise<unknown>>();

  constructor(clock: Clock, onChanged: () => void) {
    this.#clock = clock;
    this.#onChanged = onChanged;
  }

  get isThinking(): boolean {
    return this.#long.size > 0;
  }

  /** Gives what is being written, and counts it while that takes. */
  async during<T>(writing: Promise<T>): Promise<T> {
    const timer = this.#clock.setTimer(noticedMs, () => {
      this.#long.add(writing);
      this.#onChanged();
    });
    try {
      return await writing;
    } finally {
      timer.dispose();
      if (this.#long.delete(writing)) this.#onChanged();
    }
  }
}
