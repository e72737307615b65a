import { presentNames } from '../model/deviceServingGraph.ts';
import { cacheNames } from '../model/servingGraph.ts';
import type { DeviceResults, DeviceSession } from '../runtime/deviceSession.ts';
import { floatTensor, floatsOf, int32Tensor } from '../runtime/session.ts';
import { DeviceCache, type CacheLayers, type CacheMemory } from './deviceCache.ts';
import type { NextToken } from './sampling.ts';
import { wantedRows, type Passes, type TokenPass } from './textCache.ts';

/**
 * ONNX Runtime takes another kernel for the attention of 32 tokens and more, which counts on more
 * lanes in a subgroup than some adapters have (SwiftShader has 4) and is wrong on those.
 */
export const shortRun = 31;

/** The serving graph of one policy on a device, run by run. */
export class DevicePasses implements Passes {
  readonly memory: CacheMemory;
  readonly #session: DeviceSession;
  readonly #maxRunTokens: number;
  #runCount = 0;

  /** @param maxRunTokens longer passes are cut into runs of at most so many tokens a text, see `shortRun`. */
  constructor(session: DeviceSession, memory: CacheMemory, maxRunTokens: number) {
    this.#session = session;
    this.memory = memory;
    this.#maxRunTokens = maxRunTokens;
  }

  get runCount(): number {
    return this.#runCount;
  }

  emptyCache(): DeviceCache {
    return DeviceCache.empty(this);
  }

  /** Takes the new tokens into the cache and gives what comes behind the wanted rows, text after text. */
  async run(cache: DeviceCache, pass: TokenPass): Promise<NextToken[]> {
    const next = pass.tokens.map((): NextToken[] => []);
    for (const part of partsOf(pass, this.#maxRunTokens)) {
      const rows = await this.#runAtOnce(cache, part);
      next.forEach((row, text) =>
        row.push(...rows.slice(text * part.wantedRows, (text + 1) * part.wantedRows)),
      );
    }
    return next.flatMap((row) => row.slice(-pass.wantedRows));
  }

  async #runAtOnce(cache: DeviceCache, pass: TokenPass): Promise<NextToken[]> {
    const count = pass.tokens[0]!.length;
    const layers = await cache.layersFor(count);
    const lastPositions = pass.tokens.map((_, text) => cache.lengthOf(text) + count - 1);
    const feeds = {
      tokens: int32Tensor(pass.tokens.flat(), [pass.tokens.length, count]),
      lastPosition: int32Tensor(lastPositions),
      tokenCount: int32Tensor([Math.max(...lastPositions) + 1], []),
      logitRows: int32Tensor(wantedRows(pass)),
      inverseTemperature: floatTensor([pass.temperature === 0 ? 1 : 1 / pass.temperature], []),
      ...layers,
    };
    const present = Object.keys(layers).map(presentNameOf);
    const results = await this.#session.run(feeds, ['logits', 'logSumExp', ...present]);
    this.#runCount++;
    cache.append(grownLayers(results, layers), count);
    return nextTokens(results);
  }
}

/** The pass in parts of at most `maxTokens` a text; each gives at least one row, which may be one too many. */
function partsOf(pass: TokenPass, maxTokens: number): TokenPass[] {
  const count = pass.tokens[0]!.length;
  const starts = Array.from({ length: Math.ceil(count / maxTokens) }, (_, part) => part * maxTokens);
  return starts.map((start) => {
    const end = Math.min(start + maxTokens, count);
    const wantedRows = Math.max(1, Math.min(end - start, end - (count - pass.wantedRows)));
    return { ...pass, wantedRows, tokens: pass.tokens.map((row) => row.slice(start, end)) };
  });
}

function grownLayers({ kept }: DeviceResults, layers: CacheLayers): CacheLayers {
  return Object.fromEntries(Object.keys(layers).map((name) => [name, kept[presentNameOf(name)]!]));
}

/** The output that takes the place of a cache input. */
function presentNameOf(inputName: string): string {
  const layer = Number(inputName.split('.')[1]);
  return inputName === cacheNames.pastKeys(layer) ? presentNames.keys(layer) : presentNames.values(layer);
}

function nextTokens({ tensors }: DeviceResults): NextToken[] {
  const logits = floatsOf(tensors, 'logits');
  const logSumExps = floatsOf(tensors, 'logSumExp');
  const width = logits.length / logSumExps.length;
  return Array.from(logSumExps, (logSumExp, i) => {
    const row = logits.subarray(i * width, (i + 1) * width);
    const token = largest(row);
    return { likeliest: { token, logProb: row[token]! - logSumExp }, logSumExp, logits: row };
  });
}

/** Where the largest value stands, the first among equals. */
function largest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}
