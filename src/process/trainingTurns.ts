import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../completion/clock.ts';

/**
 * Training rests this long after a completion was wanted: the two cores are then free for writing
 * it, which takes up to about a second, and for the next one if typing goes on.
 */
const restMs = 1_500;

/** Whose turn the machine has: training works while nobody wants a completion. */
export class TrainingTurns {
  readonly #clock: Clock;
  #restUntilMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A completion is wanted or being written. */
  noteCompletionWanted(): void {
    this.#restUntilMs = this.#clock.nowMs() + restMs;
  }

  /** Resolves when it is training's turn. Lets messages in first, since training hardly ever waits for anything. */
  async waitForTurn(): Promise<void> {
    await nextTurn();
    for (let leftMs = this.#leftMs(); leftMs > 0; leftMs = this.#leftMs()) await this.#sleep(leftMs);
  }

  #leftMs(): number {
    return this.#restUntilMs - this.#clock.nowMs();
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(delayMs, resolve);
    });
  }
}
