import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../completion/clock.ts';
import { lastWantedMs } from './wantedFile.ts';

/**
 * Training rests this long after a completion was wanted: the two cores are then free for writing
 * it, which takes up to about a second, and for the next one if typing goes on.
 */
const restMs = 1_500;

/** Whose turn the machine has: training works while nobody wants a completion in any window. */
export class TrainingTurns {
  readonly #clock: Clock;
  readonly #wantedFile: string;

  constructor(clock: Clock, wantedFile: string) {
    this.#clock = clock;
    this.#wantedFile = wantedFile;
  }

  /** Resolves when it is training's turn. Lets messages in first, since training hardly ever waits for anything. */
  async waitForTurn(): Promise<void> {
    await nextTurn();
    for (let left = await this.#leftMs(); left > 0; left = await this.#leftMs()) await this.#sleep(left);
  }

  /** 0 too when a completion was wanted in the future, as after the clock was set back. */
  async #leftMs(): Promise<number> {
    const agoMs = this.#clock.nowMs() - (await lastWantedMs(this.#wantedFile));
    return agoMs < 0 ? 0 : restMs - agoMs;
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(delayMs, resolve);
    });
  }
}
