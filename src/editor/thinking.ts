import type { Clock } from '../completion/clock.ts';

/** What is written sooner is there before anybody could read that it is being written. */
const noticedMs = 300;

/** Whether the model has been writing for so long that the user may wonder. */
export class Thinking {
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  #long = 0;

  constructor(clock: Clock, onChanged: () => void) {
    this.#clock = clock;
    this.#onChanged = onChanged;
  }

  get isThinking(): boolean {
    return this.#long > 0;
  }

  /** Gives what is being written, and counts it while that takes. */
  async during<T>(writing: Promise<T>): Promise<T> {
    let isLong = false;
    const timer = this.#clock.setTimer(noticedMs, () => {
      isLong = true;
      this.#add(1);
    });
    try {
      return await writing;
    } finally {
      timer.dispose();
      if (isLong) this.#add(-1);
    }
  }

  #add(change: number): void {
    this.#long += change;
    this.#onChanged();
  }
}
