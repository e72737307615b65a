import { invariant } from '../invariant.ts';
import { cacheNames } from '../model/servingGraph.ts';
import {
  floatTensor,
  floatsOf,
  int32Tensor,
  int64Tensor,
  type Session,
  type Tensor,
} from '../runtime/session.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { KvCache } from './kvCache.ts';
import type { NextToken } from './sampling.ts';
import { wantedRows, type Passes, type TextCache, type TokenPass } from './textCache.ts';

/** The serving graph of one policy on the CPU, run by run. */
export class TokenPasses implements Passes {
  readonly #config: ModelConfig;
  readonly #session: Session;
  /** Absent without an adapter. */
  readonly #theta: Float32Array | undefined;
  #runCount = 0;

  constructor(config: ModelConfig, session: Session, theta: Float32Array | undefined) {
    this.#config = config;
    this.#session = session;
    this.#theta = theta;
  }

  get runCount(): number {
    return this.#runCount;
  }

  emptyCache(): TextCache {
    return new CpuTextCache(new KvCache(this.#config, 1), this);
  }

  /** Takes the new tokens into the cache and gives what comes behind the wanted rows, text after text. */
  async run(cache: KvCache, pass: TokenPass): Promise<NextToken[]> {
    const batch = pass.tokens.length;
    const count = pass.tokens[0]!.length;
    const dims = [batch, count];
    const positions = pass.tokens.flatMap((row, text) => row.map((_, i) => cache.lengthOf(text) + i));
    const feeds: Record<string, Tensor> = {
      tokens: int32Tensor(pass.tokens.flat(), dims),
      positions: int64Tensor(positions, dims),
      logitRows: int32Tensor(wantedRows(pass)),
      inverseTemperature: floatTensor([pass.temperature === 0 ? 1 : 1 / pass.temperature], []),
      ...(this.#theta === undefined ? {} : { theta: floatTensor(this.#theta) }),
      ...cache.feeds(count),
    };
    const outputs = await this.#session.run(feeds, outputNames(cache.layerCount, pass.needsLogits));
    this.#runCount++;
    cache.append(outputs, count);
    return nextTokens(outputs);
  }
}

/** A cache in the CPU's memory together with what goes on behind it. */
class CpuTextCache implements TextCache {
  readonly #cache: KvCache;
  readonly #passes: TokenPasses;

  constructor(cache: KvCache, passes: TokenPasses) {
    this.#cache = cache;
    this.#passes = passes;
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  truncate(length: number): void {
    this.#cache.truncate(length);
  }

  beginning(length: number): TextCache {
    return new CpuTextCache(this.#cache.beginning(length), this.#passes);
  }

  repeated(batch: number): TextCache {
    return new CpuTextCache(this.#cache.repeated(batch), this.#passes);
  }

  run(pass: TokenPass): Promise<NextToken[]> {
    return this.#passes.run(this.#cache, pass);
  }

  dispose(): void {
    // Garbage collection takes it.
  }
}

function outputNames(layerCount: number, needsLogits: boolean): string[] {
  const layers = Array.from({ length: layerCount }, (_, layer) => layer);
  return [
    ...['likeliest', 'likeliestLogit', 'logSumExp'],
    ...(needsLogits ? ['logits'] : []),
    ...layers.flatMap((layer) => [cacheNames.newKeys(layer), cacheNames.newValues(layer)]),
  ];
}

function nextTokens(outputs: Readonly<Record<string, Tensor>>): NextToken[] {
  const tokens = outputs['likeliest']?.data;
  invariant(tokens instanceof Int32Array, 'there is no output likeliest');
  const topLogits = floatsOf(outputs, 'likeliestLogit');
  const logits = outputs['logits'] === undefined ? undefined : floatsOf(outputs, 'logits');
  const width = (logits?.length ?? 0) / tokens.length;
  return Array.from(floatsOf(outputs, 'logSumExp'), (logSumExp, row) => ({
    likeliest: { token: tokens[row]!, logProb: topLogits[row]! - logSumExp },
    logSumExp,
    logits: logits?.subarray(row * width, (row + 1) * width),
  }));
}
