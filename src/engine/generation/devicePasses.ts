import { presentNames } from '../model/deviceServingGraph.ts';
import { cacheNames } from '../model/servingGraph.ts';
import type { DeviceResults, DeviceSession } from '../runtime/deviceSession.ts';
import { floatTensor, floatsOf, int32Tensor } from '../runtime/session.ts';
import type { CacheLayers, DeviceCache } from './deviceCache.ts';
import type { LogitRow } from './sampling.ts';

/** New tokens to compute behind a cache. */
export interface DevicePass {
  /** The same number for every text of the cache. */
  readonly tokens: readonly (readonly number[])[];
  /** Behind how many of the last tokens of each text the logits are wanted; at least 1. */
  readonly wantedRows: number;
  /** 0 leaves the logits as they are, like 1. */
  readonly temperature: number;
}

/** Takes the new tokens into the cache and gives the logits behind the wanted ones, text after text. */
export async function runDevicePass(
  session: DeviceSession,
  cache: DeviceCache,
  { tokens, wantedRows, temperature }: DevicePass,
): Promise<LogitRow[]> {
  const count = tokens[0]!.length;
  const layers = await cache.layersFor(count);
  const lastPositions = tokens.map((_, text) => cache.lengthOf(text) + count - 1);
  const feeds = {
    tokens: int32Tensor(tokens.flat(), [tokens.length, count]),
    lastPosition: int32Tensor(lastPositions),
    tokenCount: int32Tensor([Math.max(...lastPositions) + 1], []),
    logitRows: int32Tensor(
      tokens.flatMap((_, text) => lastRows({ end: (text + 1) * count, count: wantedRows })),
    ),
    inverseTemperature: floatTensor([temperature === 0 ? 1 : 1 / temperature], []),
    ...layers,
  };
  const results = await session.run(feeds, { logits: null, logSumExp: null, ...presentLayers(layers) });
  cache.append(grownLayers(results, layers), count);
  return logitRows(results);
}

function lastRows({ end, count }: { readonly end: number; readonly count: number }): number[] {
  return Array.from({ length: count }, (_, i) => end - count + i);
}

/** Where the grown cache is written: over the old one, once that is in the device's memory. */
function presentLayers(layers: CacheLayers) {
  const entries = Object.entries(layers).map(
    ([name, layer]) => [presentNameOf(name), 'data' in layer ? null : layer] as const,
  );
  return Object.fromEntries(entries);
}

function grownLayers({ kept }: DeviceResults, layers: CacheLayers): CacheLayers {
  return Object.fromEntries(Object.keys(layers).map((name) => [name, kept[presentNameOf(name)]!]));
}

/** The output that takes the place of a cache input. */
function presentNameOf(inputName: string): string {
  const layer = Number(inputName.split('.')[1]);
  return inputName === cacheNames.pastKeys(layer) ? presentNames.keys(layer) : presentNames.values(layer);
}

function logitRows({ tensors }: DeviceResults): LogitRow[] {
  const logits = floatsOf(tensors, 'logits');
  const logSumExps = floatsOf(tensors, 'logSumExp');
  const width = logits.length / logSumExps.length;
  return Array.from(logSumExps, (logSumExp, row) => ({
    logits: logits.subarray(row * width, (row + 1) * width),
    logSumExp,
  }));
}
