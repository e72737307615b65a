import type { Timer } from './clock.ts';
import type { Completion, CompletionResult } from './completion.ts';
import type { CompletionCache } from './completionCache.ts';
import type { AskedPlace } from './typingAlong.ts';
import { Writing, type AskPolicy } from './writing.ts';

/**
 * What the policy is writing for one user: one completion at a time, the newest. What is finished
 * goes to the cache.
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

  /** Tells when all of a completion is known that was known by its first line before. */
  onGrown(listener: (grown: Completion) => void): Timer {
    this.#growthListeners.add(listener);
    return { dispose: () => this.#growthListeners.delete(listener) };
  }

  /** Begins a completion in exchange for what is being written. */
  write(place: AskedPlace, ask: AskPolicy): Writing {
    this.stop();
    const writing = new Writing(place, async (signal, onFirstLine) => {
      try {
        const result = await ask(signal, onFirstLine);
        if (result.policyId !== undefined) this.#cache.add({ ...place, policyId: result.policyId }, result);
        return result;
      } finally {
        if (this.#current === writing) this.#current = undefined;
      }
    });
    this.#current = writing;
    void writing.whole.then(
      (result) => this.#tellGrowth(writing, result),
      () => undefined,
    );
    return writing;
  }

  /** What is being written, seen from a place (see `Writing.answerAt`). */
  answerAt(place: AskedPlace, isWholeWanted: boolean): Promise<CompletionResult | undefined> | undefined {
    return this.#current?.answerAt(place, isWholeWanted);
  }

  stop(): void {
    this.#current?.stop();
    this.#current = undefined;
  }

  #tellGrowth({ firstLine, isStopped }: Writing, result: CompletionResult): void {
    if (firstLine === undefined || isStopped) return;
    if (result.kind === 'none' || result.text === firstLine.text) return;
    for (const listener of [...this.#growthListeners]) listener(result);
  }
}
