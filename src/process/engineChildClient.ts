import type { Clock, Timer } from '../completion/clock.ts';
import type { Completion, CompletionRequest, CompletionResult } from '../completion/completion.ts';
import { Child } from './child.ts';
import type { Disposable, EngineClient, EngineSettings, EngineState } from './clients.ts';
import { engineCrashLoop, engineDied, modelNotReady, ProcessError } from './errors.ts';
import {
  complete,
  loadModel,
  loadProgress,
  servingChanged,
  requireSameVersion,
  useServingAdapter,
  writeAlternatives,
} from './protocol.ts';
import { decideAfterCrash } from './restarts.ts';
import type { Log } from './rpc.ts';

/** What a client of a child process is made of. */
export interface ChildClientOptions {
  /** The program of the child: a bundle, or the source where Node runs it. */
  readonly entryPath: string;
  /** Takes what the child writes, line by line. */
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * The engine in a child process. When it dies it is started again with what it served last; a
 * completion that was being written is lost, and until it is back the answer is 'modelNotReady'.
 */
export class EngineChildClient implements EngineClient {
  readonly #options: ChildClientOptions;
  readonly #listeners = new Set<(state: EngineState) => void>();
  #state: EngineState = { kind: 'stopped' };
  #settings: EngineSettings | undefined;
  #child: Child | undefined;
  /** Aborted by whatever replaces what is being loaded. */
  #loading = new AbortController();
  #crashTimesMs: number[] = [];
  #restart: Timer | undefined;

  constructor(options: ChildClientOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  onStateChanged(listener: (state: EngineState) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  start(settings: EngineSettings): Promise<void> {
    this.#settings = settings;
    this.#crashTimesMs = [];
    this.#restart?.dispose();
    void this.#load(settings, 'start');
    return this.#settled();
  }

  async useServingAdapter(): Promise<void> {
    await this.#settled();
    const { signal } = this.#loading;
    if (this.#child === undefined || this.#state.kind !== 'ready') return;
    try {
      const serving = await this.#child.rpc.request(useServingAdapter, {}, signal);
      this.#setState({ kind: 'ready', ...serving });
    } catch (error) {
      // A newer load, or the restart after a crash, reads the store's pointer itself.
      if (!signal.aborted && !ProcessError.is(error, 'died')) throw error;
      await this.#settled();
    }
  }

  async complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    const nothing = { kind: 'none', id: request.id } as const;
    if (this.#child === undefined || this.#state.kind !== 'ready') {
      return { ...nothing, reason: 'modelNotReady' };
    }
    try {
      return await this.#child.rpc.request(complete, request, signal);
    } catch (error) {
      if (signal.aborted) return { ...nothing, reason: 'cancelled' };
      if (ProcessError.is(error, 'died')) return { ...nothing, reason: 'modelNotReady' };
      throw error;
    }
  }

  async alternatives(request: CompletionRequest, signal: AbortSignal): Promise<readonly Completion[]> {
    if (this.#child === undefined || this.#state.kind !== 'ready') throw modelNotReady();
    try {
      return await this.#child.rpc.request(writeAlternatives, request, signal);
    } catch (error) {
      throw ProcessError.is(error, 'died') ? engineDied() : error;
    }
  }

  stop(): void {
    this.#loading.abort();
    this.#restart?.dispose();
    this.#stopChild();
    this.#setState({ kind: 'stopped' });
  }

  dispose(): void {
    this.stop();
    this.#listeners.clear();
  }

  async #load(settings: EngineSettings, phase: 'start' | 'restart'): Promise<void> {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#setState({ kind: 'loading', phase, doneBytes: 0, totalBytes: 0 });
    try {
      const { rpc } = (this.#child ??= this.#launch());
      await requireSameVersion(rpc);
      const serving = await rpc.request(loadModel, settings, signal);
      this.#setState({ kind: 'ready', ...serving });
    } catch (error) {
      if (signal.aborted || ProcessError.is(error, 'died')) return;
      if (ProcessError.is(error, 'otherVersion')) this.#stopChild();
      this.#setState({ kind: 'failed', message: messageOf(error) });
    }
  }

  #launch(): Child {
    const child = Child.launch(this.#options.entryPath, this.#options.log);
    child.rpc.hear(loadProgress, (progress) => {
      if (this.#state.kind === 'loading') this.#setState({ kind: 'loading', ...progress });
    });
    child.rpc.hear(servingChanged, (serving) => {
      if (this.#state.kind === 'ready') this.#setState({ kind: 'ready', ...serving });
    });
    child.rpc.listen();
    void child.ended.then((how) => {
      if (child === this.#child) this.#recover(how);
    });
    return child;
  }

  /** After the child died: starts it again in a moment, unless that would go on for ever. */
  #recover(how: string): void {
    const { clock, log } = this.#options;
    const settings = this.#settings;
    this.#child = undefined;
    log(`The engine stopped unexpectedly: ${how}.`);
    if (settings === undefined || this.#state.kind === 'failed') return;
    this.#crashTimesMs.push(clock.nowMs());
    const next = decideAfterCrash(this.#crashTimesMs);
    if (next.kind === 'giveUp') {
      this.#setState({ kind: 'failed', message: engineCrashLoop(next.crashCount, how).message });
      return;
    }
    this.#setState({ kind: 'loading', phase: 'restart', doneBytes: 0, totalBytes: 0 });
    this.#restart = clock.setTimer(next.delayMs, () => void this.#load(settings, 'restart'));
  }

  #stopChild(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.dispose();
  }

  #setState(state: EngineState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  /** Resolves once nothing is being loaded. */
  #settled(): Promise<void> {
    if (this.#state.kind !== 'loading') return Promise.resolve();
    return new Promise((resolve) => {
      const listening = this.onStateChanged(({ kind }) => {
        if (kind === 'loading') return;
        listening.dispose();
        resolve();
      });
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
