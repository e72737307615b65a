import { alternativesAt, type AlternativesWatch } from '../../completion/alternatives.ts';
import { completeAt, prepareAt } from '../../completion/completeAt.ts';
import type {
  Alternative,
  AlternativesRequest,
  CompletionRequest,
  CompletionResult,
  PrepareRequest,
  WritingWatch,
} from '../../completion/completion.ts';
import { answerTo } from '../../completion/plainAnswer.ts';
import { unlessAborted } from '../../completion/unlessAborted.ts';
import { ensureModelFolder } from '../../engine/catalogue/ensureModelFolder.ts';
import { EngineError } from '../../engine/errors.ts';
import { measureSpeed } from '../../engine/generation/deviceTiming.ts';
import type { BaseModel, ModelPolicy } from '../../engine/generation/modelPolicy.ts';
import { requireMemory } from '../../engine/generation/servingMemory.ts';
import { calibrated, type Calibration, type PolicyId } from '../../engine/policy.ts';
import { availableMemoryBytes } from '../../engine/runtime/availableMemory.ts';
import type { Device } from '../../engine/runtime/devices.ts';
import { runtimeVersion } from '../../engine/runtime/onnxSession.ts';
import { openModelFolder } from '../../engine/weights/modelFolder.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import type { AnswerRequest, EngineFacts, EngineSettings, LoadWatch } from '../clients.ts';
import { modelNotReady } from '../errors.ts';
import type { Serving } from '../engineMessages.ts';
import {
  loadServingPolicy,
  prepareOnCpu,
  promotedSince,
  readServingAdapter,
  type ServingAdapter,
} from './servingPolicy.ts';
import { unwatched } from './unwatched.ts';

/** What shall serve: a model that is at hand, and the adapter on it. */
interface Choice {
  readonly settings: EngineSettings;
  readonly base: BaseModel;
  readonly serving: ServingAdapter;
}

interface Loaded extends Choice {
  readonly policy: ModelPolicy;
  readonly device: Device;
  readonly why: Sentence;
  /** What the user should know of its device. */
  readonly notice?: Sentence | undefined;
}

/**
 * The policy that serves in the engine's process. What is to replace it is brought and checked
 * first, so the one that serves goes only for something that should work, and comes back if it does
 * not.
 */
export class EngineHost {
  readonly #availableBytes: () => number;
  #onServingChanged: (serving: Serving) => void = () => undefined;
  #onServingLost: (error: unknown) => void = () => undefined;
  #loaded: Loaded | undefined;
  /** What it is being asked: each is several requests to the policy, which has to be there until the last of them. */
  readonly #asks = new Set<Promise<unknown>>();
  /** Resolves once another policy serves, or none can; absent unless one is being exchanged. */
  #exchange: Promise<unknown> | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** @param availableBytes gives the memory that a model may take; absent: the system is asked. */
  constructor(availableBytes: () => number = availableMemoryBytes) {
    this.#availableBytes = availableBytes;
  }

  /** Calls the listener when another policy serves without having been asked for. There is one listener. */
  onServingChanged(listener: (serving: Serving) => void): void {
    this.#onServingChanged = listener;
  }

  /** Calls the listener when nothing serves any more, with why what served before does not. There is one listener. */
  onServingLost(listener: (error: unknown) => void): void {
    this.#onServingLost = listener;
  }

  /** Brings a model and lets it serve with its adapter. */
  load(settings: EngineSettings, options: LoadWatch): Promise<Serving> {
    return this.#inTurn(async () => {
      const base = await bringModel(settings, options);
      requireMemory(settings.model, base, this.#availableBytes());
      return this.#serve(await choose(base, settings), options);
    });
  }

  /** Lets the adapter serve that the store names now. Throws TrainerError where it cannot: what served before goes on. */
  useServingAdapter(options: LoadWatch): Promise<Serving> {
    return this.#inTurn(async () => {
      const { base, settings } = this.#required();
      const choice = await choose(base, settings);
      if (choice.serving.kind === 'none' && choice.serving.failure !== undefined)
        throw choice.serving.failure;
      return this.#serve(choice, options);
    });
  }

  /** The policy that the store names now, where another serves; undefined as well while nothing does. */
  async promotedElsewhere(): Promise<PolicyId | undefined> {
    const loaded = this.#loaded;
    return loaded && promotedSince(loaded.settings, loaded.serving);
  }

  /** The completion for a request; 'modelNotReady' before the first model is loaded. */
  async complete(
    request: CompletionRequest,
    signal: AbortSignal,
    watch?: WritingWatch,
  ): Promise<CompletionResult> {
    const result = await this.#ask(signal, ({ policy, serving }) =>
      completeAt(request, calibrated(policy, calibrationOf(serving)), signal, watch),
    );
    const reason = signal.aborted ? 'cancelled' : 'modelNotReady';
    return result ?? { kind: 'none', id: request.id, reason };
  }

  /** Reads the prompt of a completion that may be wanted soon; nothing is done before the first model is loaded. */
  async prepare(request: PrepareRequest, signal: AbortSignal): Promise<void> {
    await this.#ask(signal, ({ policy }) => prepareAt(request, policy, signal));
  }

  /** Different completions for one cursor. */
  async alternatives(
    request: AlternativesRequest,
    signal: AbortSignal,
    watch?: AlternativesWatch,
  ): Promise<readonly Alternative[]> {
    const written = await this.#ask(signal, ({ policy }) => alternativesAt(request, policy, signal, watch));
    return written ?? notServed(signal);
  }

  /**
   * What a policy answers to plain words. The base model is loaded beside an adapter that serves, for this
   * alone: throws EngineError 'outOfMemory' where both do not fit.
   */
  async answer({ words, policy: which }: AnswerRequest, signal: AbortSignal): Promise<string> {
    await this.#exchanged(signal);
    signal.throwIfAborted();
    const loaded = this.#required();
    if (which === 'serving' || loaded.serving.kind === 'none')
      return this.#onDevice(loaded, ({ policy }) => answerTo(words, policy, signal));
    const { base, settings } = loaded;
    requireMemory(settings.model, base, this.#availableBytes());
    const choice: Choice = { base, serving: { kind: 'none' }, settings: { ...settings, device: 'cpu' } };
    const { policy } = await load(choice, { ...unwatched, signal });
    try {
      return await answerTo(words, policy, signal);
    } finally {
      await policy.dispose();
    }
  }

  /** How the policy runs on this machine, measured now: that takes as long as a few short completions. */
  async measure(signal: AbortSignal): Promise<EngineFacts> {
    const facts = await this.#ask(signal, async ({ policy, device, why, settings }) => ({
      model: settings.model,
      device,
      why,
      runtimeVersion: runtimeVersion(),
      speed: await measureSpeed(policy, signal),
      memoryBytes: process.memoryUsage.rss(),
    }));
    return facts ?? notServed(signal);
  }

  /** Asks what serves, while policies are exchanged the next; undefined where nothing does, or the signal is aborted before. */
  async #ask<T>(signal: AbortSignal, ask: (loaded: Loaded) => Promise<T>): Promise<T | undefined> {
    await this.#exchanged(signal);
    return this.#loaded && this.#onDevice(this.#loaded, ask);
  }

  /** Resolves while no policies are exchanged, or when the signal is aborted. */
  async #exchanged(signal: AbortSignal): Promise<void> {
    while (this.#exchange !== undefined && !signal.aborted) await unlessAborted(this.#exchange, signal);
  }

  /**
   * Asks the policy; where its device fails at it, the same policy serves on the CPU from then on, with one notice,
   * or nothing does where the CPU cannot load it.
   */
  async #onDevice<T>(loaded: Loaded, ask: (loaded: Loaded) => Promise<T>): Promise<T> {
    try {
      return await this.#during(ask(loaded));
    } catch (error) {
      if (EngineError.is(error, 'deviceFailed')) await this.#inTurn(() => this.#leaveDevice(loaded, error));
      throw error;
    }
  }

  async #during<T>(asking: Promise<T>): Promise<T> {
    this.#asks.add(asking);
    try {
      return await asking;
    } finally {
      this.#asks.delete(asking);
    }
  }

  async #leaveDevice(failed: Loaded, { sentence: failure }: EngineError): Promise<void> {
    // Somebody else's completion has failed as well, or another policy serves already.
    if (this.#loaded !== failed || failed.settings.device === 'cpu') return;
    const settings = { ...failed.settings, device: 'cpu' } as const;
    const { base, serving } = failed;
    const loaded = await this.#inPlaceOf(failed, async () => {
      const onCpu = await this.#bringBack({ base, serving, settings });
      return (this.#loaded = onCpu && { ...onCpu, why: failure });
    });
    if (loaded === undefined) return;
    this.#onServingChanged({
      ...servingOf(loaded),
      notice: sentence`${failure} Until then the CPU serves.`,
    });
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

  /**
   * The old policy serves while the new one's weights are made, and goes before it is loaded: two
   * would need twice the memory, gigabytes of it.
   */
  async #serve(choice: Choice, options: LoadWatch): Promise<Serving> {
    if (this.#loaded?.device === 'cpu') await prepareOnCpu(choice.base, { ...choice, ...options });
    options.signal.throwIfAborted();
    const before = this.#loaded;
    const loaded = await this.#inPlaceOf(before, async () => {
      try {
        return (this.#loaded = await load(choice, options));
      } catch (error) {
        if (before !== undefined) this.#loaded = await this.#bringBack(before);
        throw error;
      }
    });
    return servingOf(loaded);
  }

  /** Lets what serves go and another come. What is asked meanwhile waits for that. */
  async #inPlaceOf<T>(before: Loaded | undefined, bring: () => Promise<T>): Promise<T> {
    const coming = this.#letGo(before).then(bring);
    if (before !== undefined) this.#exchange = coming.catch(() => undefined);
    try {
      return await coming;
    } finally {
      this.#exchange = undefined;
    }
  }

  /** Ends what serves, once it has answered what it was asked. One that cannot be ended is gone all the same. */
  async #letGo(before: Loaded | undefined): Promise<void> {
    this.#loaded = undefined;
    await Promise.allSettled(this.#asks);
    await before?.policy.dispose().catch(() => undefined);
  }

  /** Gives undefined where nothing serves any more: memory may have gone meanwhile, or the model's files. */
  async #bringBack(before: Choice): Promise<Loaded | undefined> {
    try {
      return await load(before, unwatched);
    } catch (error) {
      this.#onServingLost(error);
      return undefined;
    }
  }
}

function notServed(signal: AbortSignal): never {
  signal.throwIfAborted();
  throw modelNotReady();
}

async function bringModel({ model }: EngineSettings, { signal, onProgress }: LoadWatch): Promise<BaseModel> {
  const folder = await ensureModelFolder(model, { signal, onProgress });
  signal.throwIfAborted();
  onProgress({ phase: 'load', doneBytes: 0, totalBytes: 0 });
  return openModelFolder(folder);
}

async function choose(base: BaseModel, settings: EngineSettings): Promise<Choice> {
  return { settings, base, serving: await readServingAdapter(settings, base) };
}

async function load(choice: Choice, options: LoadWatch): Promise<Loaded> {
  return { ...choice, ...(await loadServingPolicy(choice.base, { ...choice, ...options })) };
}

function calibrationOf(serving: ServingAdapter): Calibration | undefined {
  return serving.kind === 'adapter' ? serving.calibration : undefined;
}

function servingOf({ base, policy, serving, notice }: Loaded): Serving {
  const model = {
    policyId: policy.id,
    ...(base.tokenizer.fim === undefined ? { seesOnlyBefore: true as const } : {}),
    ...(base.tokenizer.repository === undefined ? {} : { seesProject: true as const }),
  };
  if (serving.kind === 'adapter') return { ...model, adapterId: serving.id, notice };
  return { ...model, notice: serving.notice ?? notice };
}
