import type { TellAlternative } from '../../completion/alternatives.ts';
import type { Timer } from '../../completion/clock.ts';
import type {
  Alternative,
  AlternativesRequest,
  CompletionId,
  CompletionRequest,
  CompletionResult,
  PrepareRequest,
  WritingWatch,
} from '../../completion/completion.ts';
import type { PolicyId } from '../../engine/policy.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { inEnglish, joined, sentence, type Sentence } from '../../sentences/sentence.ts';
import type {
  LoadProgress,
  LoadWatch,
  AnswerRequest,
  Disposable,
  EngineClient,
  EngineFacts,
  EngineSettings,
  EngineState,
} from '../clients.ts';
import { engineCrashLoop, engineDied, modelNotReady, ProcessError } from '../errors.ts';
import { joinEngine, type JoinedEngine, type JoinOptions } from './joinEngine.ts';
import { logOutput } from './launchEngine.ts';
import {
  alternativeWritten,
  answerWords,
  complete,
  firstLineWritten,
  loadModel,
  measure,
  prepare,
  servingChanged,
  showReferences,
  textWritten,
  useServingAdapter,
  writeAlternatives,
  type Serving,
} from '../engineMessages.ts';
import { loadProgress, retiring } from '../protocol.ts';
import { ToldReferences } from '../references.ts';
import { decideAfterCrash } from './restarts.ts';

/** An engine that has loaded what it was asked for. */
interface Served {
  readonly settings: EngineSettings;
  readonly engine: JoinedEngine;
  readonly serving: Serving;
  readonly references: ToldReferences;
}

/**
 * The engine that this window shares with others. When it dies it is joined or started again with
 * what it served last: what was being written is lost, and what is asked meanwhile waits until it is
 * back. An engine with other settings replaces it once it has loaded them.
 */
export class SharedEngineClient implements EngineClient {
  readonly #options: JoinOptions;
  readonly #listeners = new Set<(state: EngineState) => void>();
  /** Who watches which completion being written. */
  readonly #watches = new Map<CompletionId, WritingWatch>();
  /** Who waits for the alternatives of which request. */
  readonly #tellAlternative = new Map<CompletionId, TellAlternative>();
  #state: EngineState = { kind: 'stopped' };
  #served: Served | undefined;
  /** What served when the engine went, and is being brought back. */
  #returning: PolicyId | undefined;
  /** Aborted by whatever replaces what is being loaded. */
  #loading = new AbortController();
  /** Who waits for another adapter. */
  #watch: LoadWatch | undefined;
  #crashTimesMs: number[] = [];
  #restart: Timer | undefined;

  constructor(options: JoinOptions) {
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
    this.#crashTimesMs = [];
    this.#restart?.dispose();
    this.#returning = undefined;
    void this.#load(settings, 'start');
    return this.#settled();
  }

  async useServingAdapter(watch?: LoadWatch): Promise<void> {
    await this.#settled();
    const engine = this.#ready();
    if (engine === undefined) return;
    const signal = AbortSignal.any([this.#loading.signal, ...(watch === undefined ? [] : [watch.signal])]);
    this.#watch = watch;
    try {
      // Before it answers, the engine tells every window what serves now.
      await engine.rpc.request(useServingAdapter, {}, signal);
    } catch (error) {
      // A newer load, or the restart after a crash, reads the store's pointer itself.
      if (!signal.aborted && !ProcessError.is(error, 'died')) throw error;
      watch?.signal.throwIfAborted();
      await this.#settled();
    } finally {
      this.#watch = undefined;
    }
  }

  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    watch?: WritingWatch,
  ): Promise<CompletionResult> {
    const nothing = { kind: 'none', id: request.id } as const;
    if (watch !== undefined) this.#watches.set(request.id, watch);
    const { references = [], ...asked } = request;
    try {
      const engine = await this.#readyAgain(signal);
      if (engine === undefined) return { ...nothing, reason: 'modelNotReady' };
      this.#showReferences(references);
      return await engine.rpc.request(complete, asked, signal);
    } catch (error) {
      if (signal.aborted) return { ...nothing, reason: 'cancelled' };
      if (ProcessError.is(error, 'died')) return { ...nothing, reason: 'modelNotReady' };
      throw error;
    } finally {
      this.#watches.delete(request.id);
    }
  }

  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<void> {
    try {
      await this.#ready()?.rpc.request(prepare, request, signal);
    } catch (error) {
      if (!signal.aborted && !ProcessError.is(error, 'died')) throw error;
    }
  }

  async alternatives(
    request: AlternativesRequest,
    signal: AbortSignal,
    tell: TellAlternative = () => undefined,
  ): Promise<readonly Alternative[]> {
    this.#tellAlternative.set(request.id, tell);
    try {
      return await this.#asked(signal, ({ rpc }) => rpc.request(writeAlternatives, request, signal));
    } finally {
      this.#tellAlternative.delete(request.id);
    }
  }

  async answer(request: AnswerRequest, signal: AbortSignal): Promise<string> {
    return (await this.#asked(signal, ({ rpc }) => rpc.request(answerWords, request, signal))).text;
  }

  measure(signal: AbortSignal): Promise<EngineFacts> {
    return this.#asked(signal, ({ rpc }) => rpc.request(measure, {}, signal));
  }

  /** The answer of the engine to what the user asked for. */
  async #asked<T>(signal: AbortSignal, ask: (engine: JoinedEngine) => Promise<T>): Promise<T> {
    const engine = await this.#readyAgain(signal);
    if (engine === undefined)
      throw modelNotReady(this.#state.kind === 'failed' ? this.#state.sentence : undefined);
    try {
      return await ask(engine);
    } catch (error) {
      throw ProcessError.is(error, 'died') ? engineDied() : error;
    }
  }

  stop(): void {
    this.#loading.abort();
    this.#restart?.dispose();
    this.#serve(undefined);
    this.#setState({ kind: 'stopped' });
  }

  dispose(): void {
    this.stop();
    this.#listeners.clear();
  }

  #showReferences(texts: readonly string[]): void {
    const list = this.#served?.references.change(texts);
    if (list !== undefined) this.#served?.engine.rpc.notify(showReferences, { list });
  }

  /** The engine that may be asked now. */
  #ready(): JoinedEngine | undefined {
    return this.#state.kind === 'ready' ? this.#served?.engine : undefined;
  }

  /** The engine that may be asked, once what died is back or will not come back. Throws when the signal is aborted. */
  async #readyAgain(signal: AbortSignal): Promise<JoinedEngine | undefined> {
    if (this.#returning !== undefined) await this.#until(() => this.#returning === undefined, signal);
    signal.throwIfAborted();
    return this.#ready();
  }

  async #load(settings: EngineSettings, phase: 'start' | 'restart'): Promise<void> {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#tellLoading({ phase, doneBytes: 0, totalBytes: 0 });
    try {
      const engine = await joinEngine(settings, this.#options, signal);
      this.#listenTo(engine, settings, signal);
      const serving = await loadOn(engine, settings, signal);
      this.#serve({ settings, engine, serving, references: new ToldReferences() });
    } catch (error) {
      if (signal.aborted) return;
      if (ProcessError.is(error, 'died')) this.#recover(settings, howOf(error));
      else this.#fail(error);
    }
  }

  #listenTo(engine: JoinedEngine, settings: EngineSettings, signal: AbortSignal): void {
    const { rpc, ended, place } = engine;
    rpc.hear(loadProgress, (progress) => {
      if (!signal.aborted && this.#state.kind === 'loading') this.#tellLoading(progress);
      else if (this.#ready() === engine) this.#watch?.onProgress(progress);
    });
    rpc.hear(firstLineWritten, (firstLine) => this.#watches.get(firstLine.id)?.onFirstLine(firstLine));
    rpc.hear(textWritten, ({ id, text }) => this.#watches.get(id)?.onText?.(text));
    rpc.hear(alternativeWritten, ({ requestId, alternative }) =>
      this.#tellAlternative.get(requestId)?.(alternative),
    );
    rpc.hear(servingChanged, (serving) => this.#changeServing(engine, serving));
    rpc.hear(retiring, () => {
      const isNeeded = this.#ready() === engine || !signal.aborted;
      this.#forget(engine);
      if (isNeeded) void this.#load(settings, 'restart');
    });
    void ended.then(async () => {
      const isNeeded = this.#ready() === engine;
      this.#forget(engine);
      if (!isNeeded) return;
      this.#recover(settings, howOf());
      await logOutput(place, this.#options.log);
    });
  }

  /** Lets another engine serve, or none. */
  #serve(served: Served | undefined): void {
    const before = this.#served;
    this.#served = served;
    before?.engine.dispose();
    if (served !== undefined) this.#tellReady(served);
  }

  /** An engine that is going serves no more; the completions that it is writing are still waited for. */
  #forget(engine: JoinedEngine): void {
    if (this.#ready() === engine) this.#returning = this.#served?.serving.policyId;
    if (this.#served?.engine === engine) this.#served = undefined;
  }

  #changeServing(engine: JoinedEngine, serving: Serving): void {
    if (this.#served?.engine !== engine) return;
    this.#served = { ...this.#served, serving };
    if (this.#state.kind === 'ready') this.#tellReady(this.#served);
  }

  #tellReady({ serving, engine }: Served, failure?: Sentence): void {
    const notices = [failure, serving.notice, engine.notice].filter((notice) => notice !== undefined);
    const notice = notices.length === 0 ? {} : { notice: joined(notices, ' ') };
    this.#setState({ kind: 'ready', ...serving, ...notice });
  }

  /** What was to be loaded cannot be: what served before goes on. */
  #fail(error: unknown): void {
    const failure = sentenceOf(error);
    const kept = this.#served;
    if (kept === undefined) this.#setState({ kind: 'failed', sentence: failure });
    else this.#tellReady(kept, sentence`${failure} Until then ${kept.settings.model} serves.`);
  }

  /** After the engine died: joins or starts one again in a moment, unless it died too often for that. */
  #recover(settings: EngineSettings, how: Sentence): void {
    const { clock, log } = this.#options;
    log(`The engine stopped unexpectedly: ${inEnglish(how)}.`);
    this.#crashTimesMs.push(clock.nowMs());
    const next = decideAfterCrash(this.#crashTimesMs);
    if (next.kind === 'giveUp') {
      this.#fail(engineCrashLoop(next, how));
      return;
    }
    this.#tellLoading({ phase: 'restart', doneBytes: 0, totalBytes: 0 });
    this.#restart = clock.setTimer(next.delayMs, () => void this.#load(settings, 'restart'));
  }

  #tellLoading(progress: LoadProgress): void {
    const returning = this.#returning === undefined ? {} : { returning: this.#returning };
    this.#setState({ kind: 'loading', ...progress, ...returning });
  }

  #setState(state: EngineState): void {
    this.#state = state;
    if (state.kind !== 'loading') this.#returning = undefined;
    for (const listener of [...this.#listeners]) listener(state);
  }

  /** Resolves once nothing is being loaded. */
  async #settled(): Promise<void> {
    if (this.#state.kind === 'loading') await this.#until(() => this.#state.kind !== 'loading');
  }

  /** Resolves at the first change of state with which something holds, or when the signal is aborted. */
  #until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        listening.dispose();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const listening = this.onStateChanged(() => {
        if (holds()) end();
      });
      signal?.addEventListener('abort', end);
      if (signal?.aborted === true) end();
    });
  }
}

/** What an engine serves once it has loaded the settings; one that cannot is left. */
async function loadOn(engine: JoinedEngine, settings: EngineSettings, signal: AbortSignal): Promise<Serving> {
  try {
    return await engine.rpc.request(loadModel, settings, signal);
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

/** How the engine ended, in words, where it told its own parent; another window only sees the connection close. */
function howOf(error?: ProcessError): Sentence {
  const how = error?.details['how'];
  return typeof how === 'object' ? how : sentence`its connection closed`;
}
