import { alternativesAt, completeAt } from '../completion/completeAt.ts';
import type { Completion, CompletionRequest, CompletionResult } from '../completion/completion.ts';
import { ensureModelFolder } from '../engine/catalogue/ensureModelFolder.ts';
import type { BaseModel, ModelPolicy } from '../engine/generation/modelPolicy.ts';
import { EngineError } from '../engine/errors.ts';
import { isAbort } from '../engine/invariant.ts';
import { openModelFolder } from '../engine/weights/modelFolder.ts';
import type { EngineSettings } from './clients.ts';
import { modelNotReady } from './errors.ts';
import type { LoadProgress, Serving } from './protocol.ts';
import { loadServingPolicy, readServingAdapter, type ServingAdapter } from './servingPolicy.ts';

/** What shall serve: a model that is at hand, and the adapter on it. */
interface Choice {
  readonly settings: EngineSettings;
  readonly base: BaseModel;
  readonly serving: ServingAdapter;
}

interface Loaded extends Choice {
  readonly policy: ModelPolicy;
  /** What the user should know of its device. */
  readonly notice?: string | undefined;
}

/**
 * The policy that serves in the engine's process. What is to replace it is brought and checked
 * first, so the one that serves goes only for something that should work, and comes back if it does
 * not.
 */
export class EngineHost {
  readonly #onChanged: (serving: Serving) => void;
  #loaded: Loaded | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** @param onChanged hears of a policy that serves without having been asked for. */
  constructor(onChanged: (serving: Serving) => void = () => undefined) {
    this.#onChanged = onChanged;
  }

  /**
   * Brings a model and lets it serve with its adapter. Where it cannot be had, the policy that
   * served before goes on and the notice says why; without one the error is thrown.
   */
  load(settings: EngineSettings, options: LoadOptions): Promise<Serving> {
    return this.#inTurn(async () => {
      try {
        const base = await bringModel(settings, options);
        return await this.#serve(await choose(base, settings), options.signal);
      } catch (error) {
        if (this.#loaded === undefined || isAbort(error)) throw error;
        return goOn(this.#loaded, error);
      }
    });
  }

  /** Lets the adapter serve that the store names now. */
  useServingAdapter(signal: AbortSignal): Promise<Serving> {
    return this.#inTurn(async () => {
      const { base, settings } = this.#required();
      return this.#serve(await choose(base, settings), signal);
    });
  }

  /** The completion for a request; 'modelNotReady' before the first model is loaded. */
  async complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    if (this.#loaded === undefined) return { kind: 'none', id: request.id, reason: 'modelNotReady' };
    return this.#onDevice(this.#loaded, ({ policy }) => completeAt(request, policy, signal));
  }

  /** Different completions for one cursor. */
  async alternatives(request: CompletionRequest, signal: AbortSignal): Promise<readonly Completion[]> {
    return this.#onDevice(this.#required(), ({ policy }) => alternativesAt(request, policy, signal));
  }

  /** Asks the policy; where its device fails at it, the same policy serves on the CPU from then on, with one notice. */
  async #onDevice<T>(loaded: Loaded, ask: (loaded: Loaded) => Promise<T>): Promise<T> {
    try {
      return await ask(loaded);
    } catch (error) {
      if (EngineError.is(error, 'deviceFailed')) await this.#inTurn(() => this.#leaveDevice(loaded, error));
      throw error;
    }
  }

  async #leaveDevice(failed: Loaded, { message }: EngineError): Promise<void> {
    // Somebody else's completion has failed as well, or another policy serves already.
    if (this.#loaded !== failed || failed.settings.device === 'cpu') return;
    const settings = { ...failed.settings, device: 'cpu' } as const;
    const { base, serving } = failed;
    this.#loaded = undefined;
    await failed.policy.dispose().catch(() => undefined);
    this.#loaded = await load({ base, serving, settings }, neverAborted);
    this.#onChanged({ ...servingOf(this.#loaded), notice: `${message} Until then the CPU serves.` });
  }

  #required(): Loaded {
    if (this.#loaded === undefined) throw modelNotReady();
    return this.#loaded;
  }

  /** Changes of the policy happen one after the other, in the order they were asked for. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined);
    return done;
  }

  /** The old policy goes before the new one is loaded: two would need twice the memory, gigabytes of it. */
  async #serve(choice: Choice, signal: AbortSignal): Promise<Serving> {
    signal.throwIfAborted();
    const before = this.#loaded;
    this.#loaded = undefined;
    await before?.policy.dispose();
    try {
      this.#loaded = await load(choice, signal);
    } catch (error) {
      if (before !== undefined) this.#loaded = await load(before, neverAborted);
      throw error;
    }
    return servingOf(this.#loaded);
  }
}

/** What served before comes back even when the change to something else was cancelled. */
const neverAborted = new AbortController().signal;

interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

async function bringModel(
  { model }: EngineSettings,
  { signal, onProgress }: LoadOptions,
): Promise<BaseModel> {
  const folder = await ensureModelFolder(model, { signal, onProgress });
  signal.throwIfAborted();
  onProgress({ phase: 'load', doneBytes: 0, totalBytes: 0 });
  return openModelFolder(folder);
}

async function choose(base: BaseModel, settings: EngineSettings): Promise<Choice> {
  return { settings, base, serving: await readServingAdapter(settings, base.config) };
}

async function load(choice: Choice, signal: AbortSignal): Promise<Loaded> {
  return { ...choice, ...(await loadServingPolicy(choice.base, { ...choice, signal })) };
}

/** What serves all the same after something else could not be loaded. */
function goOn(loaded: Loaded, error: unknown): Serving {
  const what = error instanceof Error ? error.message : String(error);
  return { ...servingOf(loaded), notice: `${what} Until then ${loaded.settings.model} serves.` };
}

function servingOf({ policy, serving, notice }: Loaded): Serving {
  if (serving.kind === 'adapter') return { policyId: policy.id, adapterId: serving.id, notice };
  return { policyId: policy.id, notice: serving.notice ?? notice };
}
