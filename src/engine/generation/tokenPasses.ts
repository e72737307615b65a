import { cacheNames } from '../model/servingGraph.ts';
import { floatTensor, int32Tensor, int64Tensor, type Session, type Tensor } from '../runtime/session.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { SplitVocabulary } from '../weights/splitHead.ts';
import { KvCache } from './kvCache.ts';
import { nextTokenOutputs, nextTokens } from './nextTokens.ts';
import type { NextToken } from './sampling.ts';
import { wantedRows, type Passes, type TextCache, type TokenPass } from './textCache.ts';

/** The serving graph of one policy on the CPU, run by run. */
export class TokenPasses implements Passes {
  readonly #config: ModelConfig;
  readonly #session: Session;
  /** Absent without an adapter. */
  readonly #theta: Float32Array | undefined;
  /** Absent where the head stands in one part. */
  readonly #split: SplitVocabulary | undefined;
  #runCount = 0;

  constructor(
    config: ModelConfig,
    session: Session,
    theta: Float32Array | undefined,
    split?: SplitVocabulary,
  ) {
    this.#config = config;
    this.#session = session;
    this.#theta = theta;
    this.#split = split;
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
    const rows = wantedRows(pass);
    const otherRows = pass.onlyAscii ? [] : [...rows.keys()];
    const feeds: Record<string, Tensor> = {
      tokens: int32Tensor(pass.tokens.flat(), dims),
      positions: int64Tensor(positions, dims),
      logitRows: int32Tensor(rows),
      ...(this.#split === undefined ? {} : { otherRows: int32Tensor(otherRows) }),
      inverseTemperature: floatTensor([pass.temperature === 0 ? 1 : 1 / pass.temperature], []),
      ...(this.#theta === undefined ? {} : { theta: floatTensor(this.#theta) }),
      ...cache.feeds(count),
    };
    const head = { split: this.#split, ...pass };
    const outputs = await this.#session.run(feeds, [...nextTokenOutputs(head), ...cacheOutputs(cache)]);
    this.#runCount++;
    cache.append(outputs, count);
    return nextTokens(outputs, head);
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

function cacheOutputs({ layerCount }: KvCache): string[] {
  const layers = Array.from({ length: layerCount }, (_, layer) => layer);
  return layers.flatMap((layer) => [cacheNames.newKeys(layer), cacheNames.newValues(layer)]);
}
