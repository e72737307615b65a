import type {
  AnswerRequest,
  Disposable,
  EngineClient,
  EngineFacts,
  EngineSettings,
  EngineState,
  LoadWatch,
} from '../../process/clients.ts';
import { Late } from '../late.ts';

type Complete = EngineClient['complete'];
type Prepare = EngineClient['prepare'];
type WriteAlternatives = EngineClient['alternatives'];

/**
 * An engine client whose code, with all that talks to processes, is loaded when the engine is first
 * started. Until then there is no policy: no completion is written, and what a command asks of a policy starts
 * the engine first.
 */
export class LateEngine implements EngineClient {
  readonly #client: Late<EngineClient>;
  readonly #listeners = new Set<(state: EngineState) => void>();
  readonly #startForCommand: () => Promise<void>;
  /** The newest wish; who stops an engine whose code is being loaded does not want it any more. */
  #wanted: EngineSettings | undefined;

  /** @param startForCommand starts this engine if nothing did before, because the user asks something of it. */
  constructor(load: () => Promise<EngineClient>, startForCommand: () => Promise<void>) {
    this.#startForCommand = startForCommand;
    this.#client = new Late(async () => {
      const client = await load();
      client.onStateChanged((state) => {
        for (const listener of [...this.#listeners]) listener(state);
      });
      return client;
    });
  }

  get state(): EngineState {
    return this.#client.made?.state ?? { kind: 'stopped' };
  }

  onStateChanged(listener: (state: EngineState) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  async start(settings: EngineSettings): Promise<void> {
    this.#wanted = settings;
    const client = await this.#client.get();
    if (this.#wanted === settings) await client.start(settings);
  }

  stop(): void {
    this.#wanted = undefined;
    this.#client.made?.stop();
  }

  dispose(): void {
    this.#wanted = undefined;
    this.#client.made?.dispose();
    this.#listeners.clear();
  }

  readonly complete: Complete = (request, signal, watch) =>
    this.#client.made?.complete(request, signal, watch) ??
    Promise.resolve({ kind: 'none', id: request.id, reason: 'modelNotReady' });

  readonly prepare: Prepare = (request, signal) =>
    this.#client.made?.prepare(request, signal) ?? Promise.resolve();

  readonly alternatives: WriteAlternatives = async (request, signal, tell) => {
    await this.#startForCommand();
    return (await this.#client.get()).alternatives(request, signal, tell);
  };

  async useServingAdapter(watch?: LoadWatch): Promise<void> {
    await this.#client.made?.useServingAdapter(watch);
  }

  async answer(request: AnswerRequest, signal: AbortSignal): Promise<string> {
    await this.#startForCommand();
    return (await this.#client.get()).answer(request, signal);
  }

  async measure(signal: AbortSignal): Promise<EngineFacts> {
    return (await this.#client.get()).measure(signal);
  }
}
