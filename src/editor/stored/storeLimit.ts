import type { Clock } from '../../completion/clock.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { sentence } from '../../sentences/sentence.ts';
import type { Logger } from '../logger.ts';
import { repeatedly } from '../repeatedly.ts';

/** In this time nobody makes more records than a few megabytes. */
const checkEveryMs = 5 * 60_000;

/** What the limit is held by. */
export interface StoreLimitOptions {
  /** Undefined when there is none. */
  readonly store: Pick<FeedbackStore, 'keepWithin'> | undefined;
  readonly limitBytes: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onTrimmed: () => void;
}

/** Holds the store at its limit: looks every few minutes, off the typing path, and lets the oldest records go. */
export class StoreLimit {
  readonly #options: StoreLimitOptions;
  readonly #checking: { dispose(): void };

  constructor(options: StoreLimitOptions) {
    this.#options = options;
    this.#checking = repeatedly(options.clock, checkEveryMs, () => this.#trim());
  }

  dispose(): void {
    this.#checking.dispose();
  }

  #trim(): void {
    const { store, limitBytes, log, onTrimmed } = this.#options;
    try {
      const count = store?.keepWithin(limitBytes()) ?? 0;
      if (count === 0) return;
      log.warn(
        sentence`The store reached its limit of ${limitBytes() / 1e6} MB: the ${count} oldest records went.`,
      );
      onTrimmed();
    } catch (error) {
      log.warn(sentence`The store could not be held at its limit: ${sentenceOf(error)}`);
    }
  }
}
