import { setImmediate as nextTurn } from 'node:timers/promises';
import { causalMask } from '../model/attention.ts';
import type { Adapter } from '../model/lora.ts';
import { servingGraph } from '../model/servingGraph.ts';
import type { GenerateRequest, Generation, Policy, PolicyId } from '../policy.ts';
import { RandomStream } from '../random.ts';
import { createOnnxSession, type WeightLocations } from '../runtime/onnxSession.ts';
import {
  floatTensor,
  floatsOf,
  int32Tensor,
  int64Tensor,
  type Session,
  type Tensor,
} from '../runtime/session.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { Continuation } from './continuation.ts';
import { KvCache } from './kvCache.ts';
import { chooseLikeliest, chooseSampled, type Choice, type LogitRow } from './sampling.ts';
import { TokenPrefixes } from './tokenPrefixes.ts';

/** A base model as it is loaded from its folder. */
export interface BaseModel {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: WeightLocations;
  /** Absent where only float32 is wanted. */
  readonly int8Weights?: WeightLocations | undefined;
}

/** What a policy is loaded from. */
export interface PolicyOptions {
  readonly id: PolicyId;
  readonly adapter?: Adapter | undefined;
  readonly threads: number;
}

/**
 * Longest prompt and completion together, in tokens. Prompts are kept far shorter for speed; the
 * rotary tables of this many positions take half a megabyte.
 */
export const maxTextTokens = 4096;

/** Prompt tokens per run: long enough for full speed of the matrix products, short enough to cancel soon. */
const promptChunk = 128;

/**
 * Loads the policy; its weights are mapped, so this takes the time of building one session. It
 * computes in int8 where the model has int8 weights.
 */
export async function loadPolicy(
  model: BaseModel,
  { id, adapter, threads }: PolicyOptions,
): Promise<ModelPolicy> {
  const { config, tokenizer, weights, int8Weights } = model;
  const precision = int8Weights === undefined ? 'float32' : 'int8';
  const graph = servingGraph(config, maxTextTokens, { precision, lora: adapter?.lora });
  // What an adapter was merged into stands in the int8 file, and comes before the base model's.
  const files = int8Weights === undefined ? [weights] : [int8Weights, weights];
  const session = await createOnnxSession(graph, files, { purpose: 'serve', threads });
  return new ModelPolicy(
    id,
    { tokenizer, config, session, prefixes: new TokenPrefixes(tokenizer) },
    adapter?.theta,
  );
}

/** What policies of one model share, whatever their adapters hold. */
interface Writer {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly session: Session;
  readonly prefixes: TokenPrefixes;
}

/**
 * A policy that writes with a model of ours on a session. Requests are answered one after the
 * other; the keys and values of the last prompt stay, so a prompt that begins alike costs only its
 * new tokens.
 */
export class ModelPolicy implements Policy {
  readonly id: PolicyId;
  readonly #writer: Writer;
  /** Absent without an adapter. */
  readonly #theta: Float32Array | undefined;
  readonly #cache: KvCache;
  /** The tokens that `#cache` holds. */
  readonly #cachedTokens: number[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: PolicyId, writer: Writer, theta: Float32Array | undefined) {
    this.id = id;
    this.#writer = writer;
    this.#theta = theta;
    this.#cache = new KvCache(writer.config, 1);
  }

  get tokenizer(): Tokenizer {
    return this.#writer.tokenizer;
  }

  /** The policy of another adapter of the same shape, on the same session. Only one of both may write at a time. */
  withTheta(id: PolicyId, theta: Float32Array): ModelPolicy {
    return new ModelPolicy(id, this.#writer, theta);
  }

  generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    const answer = this.#last.then(() => this.#write(request, signal));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async dispose(): Promise<void> {
    await this.#last;
    await this.#writer.session.dispose();
  }

  async #write(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    const continuations = Array.from(
      { length: request.count },
      () => new Continuation(this.tokenizer, request.typedText, request.shouldStop ?? (() => false)),
    );
    const logits = await this.#readPrompt(request, signal);
    if (logits === undefined) continuations.forEach((continuation) => continuation.end('cancelled'));
    else await this.#continueAll(continuations, logits, { request, signal });
    return continuations.map((continuation) => continuation.result());
  }

  /** Brings the prompt into the cache and gives the logits behind it; `undefined` when cancelled. */
  async #readPrompt(
    { promptTokens, temperature }: GenerateRequest,
    signal: AbortSignal,
  ): Promise<LogitRow | undefined> {
    const kept = Math.min(commonLength(this.#cachedTokens, promptTokens), promptTokens.length - 1);
    this.#cache.truncate(kept);
    this.#cachedTokens.length = kept;
    let row: LogitRow | undefined;
    for (let start = kept; start < promptTokens.length; start += promptChunk) {
      await nextTurn();
      if (signal.aborted) return undefined;
      const chunk = promptTokens.slice(start, start + promptChunk);
      [row] = await this.#advance(this.#cache, [chunk], temperature);
      this.#cachedTokens.push(...chunk);
    }
    return row;
  }

  /** Writes all continuations as one batch until each has ended. */
  async #continueAll(
    continuations: readonly Continuation[],
    first: LogitRow,
    { request, signal }: { readonly request: GenerateRequest; readonly signal: AbortSignal },
  ): Promise<void> {
    const isShared = continuations.length === 1;
    const cache = isShared ? this.#cache : this.#cache.repeated(continuations.length);
    const streams = continuations.map((_, i) => RandomStream.named(request.seed, `continuation ${i}`));
    let rows: readonly LogitRow[] = continuations.map(() => first);
    for (let written = 0; written < request.maxNewTokens; written++) {
      await nextTurn();
      if (signal.aborted) continuations.forEach((continuation) => continuation.end('cancelled'));
      if (continuations.every(({ isFinished }) => isFinished)) return;
      const tokens = continuations.map((continuation, i) =>
        this.#extend(continuation, rows[i]!, request.temperature === 0 ? undefined : streams[i]),
      );
      if (continuations.every(({ isFinished }) => isFinished) || written + 1 === request.maxNewTokens) break;
      rows = await this.#advance(
        cache,
        tokens.map((token) => [token]),
        request.temperature,
      );
      if (isShared) this.#cachedTokens.push(...tokens);
    }
    continuations.forEach((continuation) => continuation.end('length'));
  }

  /** Chooses the next token of a text and gives it; a finished text is only kept company. */
  #extend(continuation: Continuation, row: LogitRow, stream: RandomStream | undefined): number {
    if (continuation.isFinished) return this.tokenizer.endOfText;
    const choice = this.#choose(row, continuation.untyped, stream);
    continuation.accept(choice);
    return choice.token;
  }

  #choose(row: LogitRow, untyped: Uint8Array, stream: RandomStream | undefined): Choice {
    const allowed = untyped.length === 0 ? undefined : this.#writer.prefixes.compatibleWith(untyped);
    return stream === undefined ? chooseLikeliest(row, allowed) : chooseSampled(row, stream, allowed);
  }

  /** Feeds the same number of new tokens to every text and gives the logits behind each. */
  async #advance(
    cache: KvCache,
    tokens: readonly (readonly number[])[],
    temperature: number,
  ): Promise<LogitRow[]> {
    const batch = tokens.length;
    const count = tokens[0]!.length;
    const dims = [batch, count];
    const positions = tokens.flatMap((row, text) => row.map((_, i) => cache.lengthOf(text) + i));
    const feeds: Record<string, Tensor> = {
      tokens: int32Tensor(tokens.flat(), dims),
      positions: int64Tensor(positions, dims),
      freshMask: floatTensor(repeatMask(causalMask(count), batch), [batch, 1, count, count]),
      logitRows: int32Tensor(tokens.map((_, text) => (text + 1) * count - 1)),
      inverseTemperature: floatTensor([temperature === 0 ? 1 : 1 / temperature], []),
      ...(this.#theta === undefined ? {} : { theta: floatTensor(this.#theta) }),
      ...cache.feeds(),
    };
    const outputs = await this.#writer.session.run(feeds);
    cache.append(outputs, count);
    return splitRows(floatsOf(outputs, 'logits'), floatsOf(outputs, 'logSumExp'));
  }
}

function splitRows(logits: Float32Array, logSumExps: Float32Array): LogitRow[] {
  const width = logits.length / logSumExps.length;
  return Array.from(logSumExps, (logSumExp, row) => ({
    logits: logits.subarray(row * width, (row + 1) * width),
    logSumExp,
  }));
}

function repeatMask(mask: Float32Array, batch: number): Float32Array {
  const masks = new Float32Array(mask.length * batch);
  for (let text = 0; text < batch; text++) masks.set(mask, text * mask.length);
  return masks;
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}
