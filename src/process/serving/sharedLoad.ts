import type { LoadProgress, LoadWatch } from '../clients.ts';
import type { Serving } from '../engineMessages.ts';

type Start = (options: LoadWatch) => Promise<Serving>;

interface Load {
  readonly result: Promise<Serving>;
  readonly abort: AbortController;
  readonly waiting: Set<LoadWatch>;
}

/** One load that several windows may wait for. It is given up only when none of them waits any more. */
export class SharedLoad {
  #current: Load | undefined;

  /** What the load under way comes to, or one that starts now. Throws the signal's reason once that is aborted. */
  async join(options: LoadWatch, start: Start): Promise<Serving> {
    const { signal } = options;
    signal.throwIfAborted();
    const load = (this.#current ??= this.#begin(start));
    load.waiting.add(options);
    return new Promise<Serving>((resolve, reject) => {
      const leave = (): void => {
        this.#leave(load, options);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      void load.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  #begin(start: Start): Load {
    const abort = new AbortController();
    const waiting = new Set<LoadWatch>();
    const onProgress = (progress: LoadProgress): void => {
      for (const options of waiting) options.onProgress(progress);
    };
    const result = start({ signal: abort.signal, onProgress });
    const load: Load = { result, abort, waiting };
    const done = (): void => this.#forget(load);
    result.then(done, done);
    return load;
  }

  #leave(load: Load, options: LoadWatch): void {
    load.waiting.delete(options);
    if (load.waiting.size > 0) return;
    this.#forget(load);
    load.abort.abort();
  }

  #forget(load: Load): void {
    if (this.#current === load) this.#current = undefined;
  }
}
