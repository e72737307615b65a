import type { Timer } from './clock.ts';
import type { Completion, CompletionId, CompletionResult } from './completion.ts';
import type { CompletionCache } from './typing/completionCache.ts';
import type { AskedPlace } from './typing/typingAlong.ts';
import { Writing, type AskPolicy } from './writing.ts';

/**
 * What the policy is writing for one user: one completion at a time, the newest. It is held until it
 * is released, which is when it was given out, or at once where it is written ahead; what is finished
 * and released goes to the cache. What it was too unsure of, which no cache keeps, is held until it is
 * asked for.
 */
export class Writer {
  readonly #cache: CompletionCache;
  readonly #growthListeners = new Set<(grown: Completion) => void>();
  #current: Writing | undefined;

  constructor(cache: CompletionCache) {
    this.#cache = cache;
  }

  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Tells when all of a completion is known that was given out with its first line before. */
  onGrown(listener: (grown: Completion) => void): Timer {
    this.#growthListeners.add(listener);
    return { dispose: () => this.#growthListeners.delete(listener) };
  }

  /** Begins a completion in exchange for what is being written. */
  write(place: AskedPlace, ask: AskPolicy): Writing {
    this.stop();
    const writing: Writing = new Writing(place, async (signal, watch) => {
      try {
        const result = await ask(signal, watch);
        const isHeld = result.kind === 'none' ? result.reason === 'unsure' : !writing.isReleased;
        if (!isHeld) this.#keep(writing, result);
        return result;
      } catch (error) {
        this.#drop(writing);
        throw error;
      }
    });
    this.#current = writing;
    void writing.whole.then(
      (result) => this.#tellGrowth(writing, result),
      () => undefined,
    );
    return writing;
  }

  /** Whether what is being written leads to a place. */
  leadsTo(place: AskedPlace): boolean {
    return this.#current?.leadsTo(place) === true;
  }

  /** Whether that is a completion that was given out, or goes on from its beginning. */
  isWriting(id: CompletionId, place: AskedPlace): boolean {
    return this.leadsTo(place) && this.#current?.isOf(id) === true;
  }

  /** Whether it may be given out there without a rest. */
  isReleasedFor(place: AskedPlace): boolean {
    return this.leadsTo(place) && this.#current?.isReleased === true;
  }

  /** What is being written, seen from a place (see `Writing.answerAt`); undefined where it does not lead there. */
  answerAt(place: AskedPlace, isWholeWanted: boolean): Promise<CompletionResult | undefined> | undefined {
    return this.leadsTo(place) ? this.#current?.answerAt(place, isWholeWanted) : undefined;
  }

  /** What was given out, if only as nothing, need not be held any more. */
  release(id: CompletionId): void {
    const writing = this.#current;
    if (writing?.isOf(id) !== true) return;
    writing.release();
    if (writing.result !== undefined) this.#keep(writing, writing.result);
  }

  stop(): void {
    this.#current?.stop();
    this.#current = undefined;
  }

  /** What is finished is found in the cache from now on. */
  #keep(writing: Writing, result: CompletionResult): void {
    const { policyId } = result;
    if (policyId !== undefined) this.#cache.add({ ...writing.place, policyId }, result);
    this.#drop(writing);
  }

  #drop(writing: Writing): void {
    if (this.#current === writing) this.#current = undefined;
  }

  #tellGrowth({ firstLine, isReleased, isStopped }: Writing, result: CompletionResult): void {
    if (firstLine === undefined || !isReleased || isStopped) return;
    if (result.kind === 'none' || result.text === firstLine.text) return;
    for (const listener of [...this.#growthListeners]) listener(result);
  }
}
