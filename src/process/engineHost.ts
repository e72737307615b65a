import { alternativesAt, completeAt } from '../completion/completeAt.ts';
import type { Completion, CompletionRequest, CompletionResult } from '../completion/completion.ts';
import { ensureModelFolder } from '../engine/catalogue/ensureModelFolder.ts';
import { EngineError } from '../engine/errors.ts';
import type { BaseModel, ModelPolicy } from '../engine/generation/modelPolicy.ts';
import { openModelFolder } from '../engine/weights/modelFolder.ts';
import type { EngineSettings } from './clients.ts';
import { modelNotReady } from './errors.ts';
import type { LoadProgress, Serving } from './protocol.ts';
import { loadServingPolicy, readServingAdapter, type ServingAdapter } from './servingPolicy.ts';

/** A loaded model, and the policy on it that answers. */
interface Loaded {
  readonly settings: EngineSettings;
  readonly base: BaseModel;
  readonly serving: ServingAdapter;
  readonly policy: ModelPolicy;
}

/**
 * The policy that serves in the engine's process. What replaces it is loaded beside it first, so
 * there is always one that answers, also when the new one turns out to be unusable.
 */
export class EngineHost {
  #loaded: Loaded | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  /**
   * Brings a model and lets it serve with its adapter. Where it cannot be had, the policy that
   * served before goes on and the notice says why; without one the EngineError is thrown.
   */
  load(
    settings: EngineSettings,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: LoadProgress) => void },
  ): Promise<Serving> {
    return this.#inTurn(async () => {
      try {
        await this.#replace(await bringModel(settings, options), settings, options.signal);
      } catch (error) {
        if (this.#loaded === undefined || !EngineError.is(error)) throw error;
        const { model } = this.#loaded.settings;
        return { ...servingOf(this.#loaded), notice: `${error.message} Until then ${model} serves.` };
      }
      return servingOf(this.#required());
    });
  }

  /** Lets the adapter serve that the store names now. */
  useServingAdapter(signal: AbortSignal): Promise<Serving> {
    return this.#inTurn(async () => {
      const { base, settings } = this.#required();
      await this.#replace(base, settings, signal);
      return servingOf(this.#required());
    });
  }

  /** The completion for a request; 'modelNotReady' before the first model is loaded. */
  async complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    if (this.#loaded === undefined) return { kind: 'none', id: request.id, reason: 'modelNotReady' };
    return completeAt(request, this.#loaded.policy, signal);
  }

  /** Different completions for one cursor. */
  async alternatives(request: CompletionRequest, signal: AbortSignal): Promise<readonly Completion[]> {
    return alternativesAt(request, this.#required().policy, signal);
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

  async #replace(base: BaseModel, settings: EngineSettings, signal: AbortSignal): Promise<void> {
    const serving = await readServingAdapter(settings, base.config);
    signal.throwIfAborted();
    const policy = await loadServingPolicy(base, settings, serving);
    const before = this.#loaded;
    this.#loaded = { settings, base, serving, policy };
    await before?.policy.dispose();
  }
}

async function bringModel(
  { model }: EngineSettings,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (progress: LoadProgress) => void },
): Promise<BaseModel> {
  const folder = await ensureModelFolder(model, { signal, onProgress });
  signal.throwIfAborted();
  onProgress({ phase: 'load', doneBytes: 0, totalBytes: 0 });
  return openModelFolder(folder);
}

function servingOf({ policy, serving }: Loaded): Serving {
  if (serving.kind === 'adapter') return { policyId: policy.id, adapterId: serving.id };
  return { policyId: policy.id, notice: serving.notice };
}
