import { argMax, logSumExp, multiply, reshape, rowMax } from '../graph/build.ts';
import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Graph, Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { decoderHidden, outputLogits, type AttendRows, type RotaryTables } from './decoder.ts';
import type { Precision } from './frozenLinear.ts';
import { loraLayout, parameterValues, type LoraConfig } from './lora.ts';
import { cachedHeadSize, padHeads, padTables, unpadHeads } from './paddedHeads.ts';

/** Names of a layer's cache inputs and of the new rows that belong behind them. */
export const cacheNames = {
  pastKeys: (layer: number) => `pastKeys.${layer}`,
  pastValues: (layer: number) => `pastValues.${layer}`,
  newKeys: (layer: number) => `newKeys.${layer}`,
  newValues: (layer: number) => `newValues.${layer}`,
} as const;

/**
 * The graph that completions are written with: new tokens against a cache of earlier ones.
 *
 * | input | | |
 * |---|---|---|
 * | tokens, positions | [B,T] | int32, int64 |
 * | lastPosition | [B] | int32: where each text's last new token stands |
 * | tokenCount | [] | int32: the largest lastPosition + 1 |
 * | pastKeys.i, pastValues.i | [B,K,P,D'] | the cache; what it holds from a text's first new token on does not count |
 * | logitRows | [M] | int32: the rows of [B*T] whose next token is wanted |
 * | inverseTemperature | [] | |
 * | theta | [size] | the adapter's factors; absent without an adapter |
 *
 * Outputs: `logits` [M,V] divided by the temperature, their `logSumExp` [M,1], the `likeliest` token
 * [M,1] with its `likeliestLogit` [M,1], so that a greedy choice need not fetch V logits a row, and
 * the new rows `newKeys.i`, `newValues.i` [B,T,K*D'] of the cache; D' is `cachedHeadSize`.
 */
export function servingGraph(
  config: ModelConfig,
  maxPositions: number,
  { precision, lora }: { readonly precision: Precision; readonly lora: LoraConfig | undefined },
): Graph {
  const g = new GraphBuilder();
  const positions = g.input('positions', ['B', 'T'], 'int64');
  const outputs: Record<string, Value> = {};
  const hidden = decoderHidden(g, {
    config,
    tokens: g.input('tokens', ['B', 'T'], 'int32'),
    maxPositions,
    precision,
    lora: lora && { config: lora, parameters: parameterValues(g, loraLayout(config, lora)) },
    attendRows: attendOverCache(g, config, (layer, { keys, values, rotary: { cos, sin } }) => {
      outputs[cacheNames.newKeys(layer)] = g.apply('rotary', [keys, positions, cos, sin], {});
      outputs[cacheNames.newValues(layer)] = values;
    }),
    wantedRows: g.input('logitRows', ['M'], 'int32'),
  });
  const logits = multiply(
    g,
    outputLogits(g, config, hidden, precision),
    g.input('inverseTemperature', []),
    'scaledLogits',
  );
  return g.finish({
    logits,
    logSumExp: logSumExp(g, logits),
    likeliest: argMax(g, logits),
    likeliestLogit: rowMax(g, logits),
    ...outputs,
  });
}

/** What the attention of one layer over its cache is made of. */
export interface CachedLayer {
  readonly attended: Value;
  /** The new rows [B,T,K*D'], the keys not yet rotated. */
  readonly keys: Value;
  readonly values: Value;
  readonly pastKeys: Value;
  readonly pastValues: Value;
  readonly lastPosition: Value;
  readonly rotary: RotaryTables;
}

/**
 * Attention over a cache that comes in as inputs; `keep` makes outputs of what belongs into the cache.
 *
 *   q, k, v ─ [B,T,heads*D] ─ groupQueryAttention ─ [N,H*D]
 *   pastKeys, pastValues ──────┘
 */
export function attendOverCache(
  g: GraphBuilder,
  config: ModelConfig,
  keep: (layer: number, cached: CachedLayer) => void,
): AttendRows {
  const lastPosition = g.input('lastPosition', ['B'], 'int32');
  const tokenCount = g.input('tokenCount', [], 'int32');
  const { headCount, kvHeadCount, headSize } = config;
  const cacheShape = ['B', kvHeadCount, 'P', cachedHeadSize(config)] as const;
  const attributes = { headCount, kvHeadCount, scale: 1 / Math.sqrt(headSize) };
  return (layer, rows, tables) => {
    const rotary = padTables(g, config, tables);
    const split = (x: Value): Value => padHeads(g, config, reshape(g, x, ['B', 'T', x.shape[1]!]));
    const [queries, keys, values] = [split(rows.queries), split(rows.keys), split(rows.values)];
    const pastKeys = g.input(cacheNames.pastKeys(layer), cacheShape);
    const pastValues = g.input(cacheNames.pastValues(layer), cacheShape);
    const attended = g.apply(
      'groupQueryAttention',
      [queries, keys, values, pastKeys, pastValues, lastPosition, tokenCount, rotary.cos, rotary.sin],
      attributes,
    );
    keep(layer, { attended, keys, values, pastKeys, pastValues, lastPosition, rotary });
    return reshape(g, unpadHeads(g, config, attended), rows.queries.shape);
  };
}
