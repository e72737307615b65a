import { argMax, logSumExp, multiply, rowMax } from '../graph/build.ts';
import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Graph, Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { cachedAttention, servingMask } from './attention.ts';
import { decoderHidden, outputLogits, type Attend } from './decoder.ts';
import type { Precision } from './frozenLinear.ts';
import { loraLayout, parameterValues, type LoraConfig } from './lora.ts';

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
 * | pastMask, freshMask | [B,1,1,P], [B,1,T,T] | added to the scores |
 * | pastKeys.i, pastValues.i | [B,K,P,D] | the cache, room that is not filled masked out |
 * | logitRows | [M] | int32: the rows of [B*T] whose next token is wanted |
 * | inverseTemperature | [] | |
 * | theta | [size] | the adapter's factors; absent without an adapter |
 *
 * Outputs: `logits` [M,V] divided by the temperature, their `logSumExp` [M,1], the `likeliest` token
 * [M,1] with its `likeliestLogit` [M,1], so that a greedy choice need not fetch V logits a row, and
 * the new rows `newKeys.i`, `newValues.i` [B,K,T,D] of the cache.
 */
export function servingGraph(
  config: ModelConfig,
  maxPositions: number,
  { precision, lora }: { readonly precision: Precision; readonly lora: LoraConfig | undefined },
): Graph {
  const g = new GraphBuilder();
  const tokens = g.input('tokens', ['B', 'T'], 'int32');
  const positions = g.input('positions', ['B', 'T'], 'int64');
  const mask = servingMask(g, config, {
    past: g.input('pastMask', ['B', 1, 1, 'P']),
    fresh: g.input('freshMask', ['B', 1, 'T', 'T']),
  });
  const outputs: Record<string, Value> = {};
  const hidden = decoderHidden(g, {
    config,
    tokens,
    positions,
    maxPositions,
    precision,
    lora: lora && { config: lora, parameters: parameterValues(g, loraLayout(config, lora)) },
    attend: attendOverCache(g, { config, mask, outputs }),
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

/** Attention over the cache, which comes in as inputs; what belongs behind it goes into `outputs`. */
function attendOverCache(
  g: GraphBuilder,
  {
    config,
    mask,
    outputs,
  }: { readonly config: ModelConfig; readonly mask: Value; readonly outputs: Record<string, Value> },
): Attend {
  const cacheShape = ['B', config.kvHeadCount, 'P', config.headSize] as const;
  return cachedAttention(g, config, mask, (layer, fresh) => {
    outputs[cacheNames.newKeys(layer)] = fresh.keys;
    outputs[cacheNames.newValues(layer)] = fresh.values;
    return {
      keys: g.input(cacheNames.pastKeys(layer), cacheShape),
      values: g.input(cacheNames.pastValues(layer), cacheShape),
    };
  });
}
