import type { Clock } from '../completion/clock.ts';
import type { Sentence } from '../sentences/sentence.ts';
import { Child } from './child.ts';
import { alreadyRunning, ProcessError } from './errors.ts';
import { requireSameVersion } from './protocol.ts';
import type { Log, Rpc, RpcRequest } from './rpc.ts';

/** What a process for one request is made of. */
export interface ChildRunsOptions {
  /** The program of the child: a bundle, or the source where Node runs it. */
  readonly entryPath: string;
  /** By which all windows tell the one retraining of the user that a completion is wanted. */
  readonly wantedFile: string;
  /** Takes what the child writes, line by line. */
  readonly log: Log;
  readonly clock: Clock;
}

/** A cancelled child ends between two steps; one that is in the middle of a long one is not waited for. */
const graceMs = 2_000;

/** How a run is ended early, what it is when the process dies, and what is heard of it meanwhile. */
interface ChildWatch {
  readonly signal: AbortSignal;
  readonly died: (how: Sentence) => ProcessError;
  readonly hear?: (rpc: Rpc) => void;
}

/** One process at a time, and each for one request. */
export class ChildRuns {
  readonly #options: ChildRunsOptions;
  #child: Child | undefined;

  constructor(options: ChildRunsOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  dispose(): void {
    this.#child?.dispose();
  }

  /** What a process gives for this request. Throws ProcessError 'alreadyRunning' while another one is not done. */
  async request<P, R>(message: RpcRequest<P, R>, value: P, watch: ChildWatch): Promise<R> {
    if (this.#child !== undefined) throw alreadyRunning();
    watch.signal.throwIfAborted();
    const { entryPath, wantedFile, log } = this.#options;
    const child = (this.#child = Child.launch(entryPath, [wantedFile], log));
    watch.hear?.(child.rpc);
    try {
      return await this.#askChild(child, (rpc) => rpc.request(message, value, watch.signal), watch);
    } finally {
      child.dispose();
      await child.ended;
      this.#child = undefined;
    }
  }

  async #askChild<T>(child: Child, ask: (rpc: Rpc) => Promise<T>, { signal, died }: ChildWatch): Promise<T> {
    const { clock } = this.#options;
    const endSoon = (): unknown => clock.setTimer(graceMs, () => child.dispose());
    signal.addEventListener('abort', endSoon, { once: true });
    child.rpc.listen();
    try {
      await requireSameVersion(child.rpc);
      return await ask(child.rpc);
    } catch (error) {
      signal.throwIfAborted();
      throw ProcessError.is(error, 'died') ? died(await child.ended) : error;
    } finally {
      signal.removeEventListener('abort', endSoon);
    }
  }
}
