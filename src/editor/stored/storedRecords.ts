import type { Clock } from '../../completion/clock.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { sentence } from '../../sentences/sentence.ts';
import type { Logger } from '../logger.ts';

/** Counting takes some milliseconds where there are very many: not at every keystroke. */
const freshMs = 30_000;

type CountedStore = Pick<FeedbackStore, 'recordCount' | 'recordCountSince'>;

/** How many records the store holds, as of half a minute ago at most. */
export class StoredRecords {
  readonly #store: CountedStore | undefined;
  readonly #clock: Clock;
  readonly #log: Logger;
  #count: number | undefined;
  #countedAtMs = -Infinity;

  constructor(store: CountedStore | undefined, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Undefined when there is no store. */
  get count(): number | undefined {
    if (this.#store !== undefined && this.#clock.nowMs() - this.#countedAtMs >= freshMs)
      this.#recount(this.#store);
    return this.#count;
  }

  /** How many came after a moment, counted anew; 0 when there is no store. */
  countSince(sinceMs: number): number {
    return this.#counted(() => this.#store?.recordCountSince(sinceMs)) ?? 0;
  }

  /** Says that many records came or went at once. */
  forgetCount(): void {
    this.#countedAtMs = -Infinity;
  }

  #recount(store: CountedStore): void {
    this.#countedAtMs = this.#clock.nowMs();
    this.#count = this.#counted(() => store.recordCount()) ?? this.#count;
  }

  /** Undefined while the store cannot be read. */
  #counted(count: () => number | undefined): number | undefined {
    try {
      return count();
    } catch (error) {
      this.#log.warn(sentence`Records could not be counted: ${sentenceOf(error)}`);
      return undefined;
    }
  }
}
