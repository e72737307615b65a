import type { Adapter } from '../model/lora.ts';
import { servingGraph } from '../model/servingGraph.ts';
import type { GenerateRequest, Generation, PolicyId, PreparingPolicy } from '../policy.ts';
import type { Device } from '../runtime/devices.ts';
import { createOnnxSession, type WeightLocations } from '../runtime/onnxSession.ts';
import type { Session } from '../runtime/session.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Int8Weights } from '../weights/int8Weights.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { Continuation } from './continuation.ts';
import { Drafter } from './drafter.ts';
import { noEffort, type Effort } from './effort.ts';
import { PromptCaches } from './promptCaches.ts';
import { ReferenceTokens } from './referenceTokens.ts';
import type { Passes } from './textCache.ts';
import { TokenPasses } from './tokenPasses.ts';
import { TokenPrefixes } from './tokenPrefixes.ts';
import { writeBatch } from './writeBatch.ts';
import { writeGreedily } from './writeGreedily.ts';
import { readTokens } from './writing.ts';

/** A base model as it is loaded from its folder. */
export interface BaseModel {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: WeightLocations;
  /** Absent where only float32 is wanted. */
  readonly int8Weights?: (WeightLocations & Pick<Int8Weights, 'bits' | 'split'>) | undefined;
}

/** What a policy is loaded from. */
export interface PolicyOptions {
  readonly id: PolicyId;
  readonly adapter?: Adapter | undefined;
  readonly threads: number;
  /** Absent: the CPU. Others take the CPU's graph and its caches, in float32. */
  readonly device?: Exclude<Device, 'webgpu'> | undefined;
}

/**
 * Longest prompt and completion together, in tokens. Prompts are kept far shorter for speed; the
 * rotary tables of this many positions take half a megabyte.
 */
export const maxTextTokens = 4096;

/**
 * Loads the policy; its weights are mapped, so this takes the time of building one session. It
 * computes in int8 where the model has int8 weights.
 */
export async function loadPolicy(model: BaseModel, options: PolicyOptions): Promise<ModelPolicy> {
  return policyOn(await createServingSession(model, options), model, options);
}

/** Makes the session of a policy. */
export type MakeServingSession = (model: BaseModel, options: Omit<PolicyOptions, 'id'>) => Promise<Session>;

/** The session that `loadPolicy` writes with. */
export const createServingSession: MakeServingSession = (model, { adapter, threads, device = 'cpu' }) => {
  const { config, weights } = model;
  const int8Weights = device === 'cpu' ? model.int8Weights : undefined;
  const precision = int8Weights === undefined ? 'float32' : 'int8';
  const graph = servingGraph(config, maxTextTokens, {
    precision,
    lora: adapter?.lora,
    split: int8Weights?.split,
  });
  // What an adapter was merged into stands in the int8 file, and comes before the base model's.
  const files = int8Weights === undefined ? [weights] : [int8Weights, weights];
  return createOnnxSession(graph, files, { purpose: 'serve', threads, device });
};

/** The policy that writes with a session of the model's serving graph, in int8 where it has int8 weights. */
export function policyOn(
  session: Session,
  { config, tokenizer, int8Weights }: Pick<BaseModel, 'config' | 'tokenizer' | 'int8Weights'>,
  { id, adapter }: Pick<PolicyOptions, 'id' | 'adapter'>,
): ModelPolicy {
  return new ModelPolicy(
    id,
    {
      tokenizer,
      passesWith: (theta) => new TokenPasses(config, session, theta, int8Weights?.split),
      dispose: () => session.dispose(),
      prefixes: new TokenPrefixes(tokenizer),
      references: new ReferenceTokens(tokenizer),
    },
    adapter?.theta,
  );
}

/** What policies of one model share, whatever their adapters hold. */
export interface Writer {
  readonly tokenizer: Tokenizer;
  readonly passesWith: (theta: Float32Array | undefined) => Passes;
  readonly dispose: () => Promise<void>;
  readonly prefixes: TokenPrefixes;
  readonly references: ReferenceTokens;
}

/**
 * A policy that writes with a model of ours on a session. Requests are answered one after the
 * other; what was computed for the last prompts stays, so a prompt that begins like one of them
 * costs only its new tokens.
 */
export class ModelPolicy implements PreparingPolicy {
  readonly id: PolicyId;
  readonly #writer: Writer;
  readonly #passes: Passes;
  readonly #caches: PromptCaches;
  readonly #effort = noEffort();
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: PolicyId, writer: Writer, theta: Float32Array | undefined) {
    this.id = id;
    this.#writer = writer;
    this.#passes = writer.passesWith(theta);
    this.#caches = new PromptCaches(this.#passes);
  }

  get tokenizer(): Tokenizer {
    return this.#writer.tokenizer;
  }

  /** What this policy did so far. */
  get effort(): Effort {
    return { ...this.#effort, passes: this.#passes.runCount };
  }

  /** The policy of another adapter of the same shape, on the same session. Only one of both may write at a time. */
  withTheta(id: PolicyId, theta: Float32Array): ModelPolicy {
    return new ModelPolicy(id, this.#writer, theta);
  }

  generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    return this.#inTurn(() => this.#write(request, signal));
  }

  prepare(promptTokens: readonly number[], signal: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#read(promptTokens, signal));
  }

  async dispose(): Promise<void> {
    await this.#last;
    this.#caches.dispose();
    await this.#writer.dispose();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** The last token is left to whatever is written, which computes it in any case. */
  async #read(promptTokens: readonly number[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const known = promptTokens.slice(0, -1);
    await readTokens(this.#caches.take(known, known.length), known, { atMostLeft: 0, signal });
  }

  async #write(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    const { promptTokens, typedText, count, temperature, shouldStop = () => false, onEnd } = request;
    const { tokenizer, prefixes, references } = this.#writer;
    const writing = { request, signal, tokenizer, prefixes, effort: this.#effort };
    const continuations = Array.from(
      { length: count },
      (_, index) =>
        new Continuation(tokenizer, { typedText, shouldStop, onEnd: (ended) => onEnd?.(ended, index) }),
    );
    // The last token is computed in any case: what comes behind it is not kept.
    const text = this.#caches.take(promptTokens, promptTokens.length - 1);
    this.#effort.promptTokens += promptTokens.length;
    this.#effort.reusedTokens += text.tokens.length;
    if (count === 1 && temperature === 0) {
      const drafter = new Drafter(tokenizer, prefixes, references.tokensOf(request.references ?? []));
      await writeGreedily(text, continuations[0]!, drafter, writing);
    } else {
      await writeBatch(text, continuations, writing);
    }
    const generations = continuations.map((continuation) => continuation.result());
    this.#effort.writtenTokens += generations.reduce((sum, { tokens }) => sum + tokens.length, 0);
    return generations;
  }
}
