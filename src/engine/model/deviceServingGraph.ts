import { logSumExp, multiply } from '../graph/build.ts';
import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Graph, Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { decoderHidden, outputLogits } from './decoder.ts';
import type { Precision } from './frozenLinear.ts';
import { loraLayout, type Adapter, type LoraValues } from './lora.ts';
import { attendOverCache, type CachedLayer } from './servingGraph.ts';

/** Names of a layer's grown cache, which takes the place of `cacheNames`' past ones in the next run. */
export const presentNames = {
  keys: (layer: number) => `presentKeys.${layer}`,
  values: (layer: number) => `presentValues.${layer}`,
} as const;

/** What a graph for a device is built for. */
export interface DeviceGraphOptions {
  readonly precision: Precision;
  /** Its factors become part of the graph. */
  readonly adapter: Adapter | undefined;
}

/**
 * The serving graph for a graphics card, where every operation costs a launch: attention is one
 * operation that also rotates and keeps the cache, and no mask is fed.
 *
 * | input | | |
 * |---|---|---|
 * | tokens | [B,T] | int32 |
 * | lastPosition | [B] | int32: where each text's last new token stands |
 * | tokenCount | [] | int32: the largest lastPosition + 1 |
 * | pastKeys.i, pastValues.i | [B,K,P,D] | the cache with room for the new tokens |
 * | logitRows | [M] | int32: the rows of [B*T] whose next token is wanted |
 * | inverseTemperature | [] | |
 *
 * Outputs: `logits` [M,V] divided by the temperature, their `logSumExp` [M,1], and the whole cache,
 * `presentKeys.i` and `presentValues.i`, which never leaves the card. An adapter's factors are
 * constants: cutting them out of one input would cost hundreds of launches a token.
 */
export function deviceServingGraph(
  config: ModelConfig,
  maxPositions: number,
  { precision, adapter }: DeviceGraphOptions,
): Graph {
  const g = new GraphBuilder();
  const outputs: Record<string, Value> = {};
  const hidden = decoderHidden(g, {
    config,
    tokens: g.input('tokens', ['B', 'T'], 'int32'),
    maxPositions,
    precision,
    lora: adapter === undefined ? undefined : constantLora(g, config, adapter),
    attendRows: attendOverCache(g, config, (layer, cached) => keepPresent(g, outputs, { layer, cached })),
    wantedRows: g.input('logitRows', ['M'], 'int32'),
  });
  const logits = multiply(
    g,
    outputLogits(g, config, hidden, precision),
    g.input('inverseTemperature', []),
    'scaledLogits',
  );
  return g.finish({ logits, logSumExp: logSumExp(g, logits), ...outputs });
}

/** The whole cache of a layer, grown, as outputs: they are further results of its attention. */
function keepPresent(
  g: GraphBuilder,
  outputs: Record<string, Value>,
  { layer, cached }: { readonly layer: number; readonly cached: CachedLayer },
): void {
  const { attended, keys, values, pastKeys, pastValues, lastPosition, rotary } = cached;
  const presentKeys = [attended, keys, pastKeys, lastPosition, rotary.cos, rotary.sin];
  outputs[presentNames.keys(layer)] = g.apply('presentKeys', presentKeys, {});
  outputs[presentNames.values(layer)] = g.apply(
    'presentValues',
    [attended, values, pastValues, lastPosition],
    {},
  );
}

/** The factors of an adapter as constants of the graph. */
function constantLora(g: GraphBuilder, config: ModelConfig, { lora, theta }: Adapter): LoraValues {
  const layout = loraLayout(config, lora);
  const bySlot = new Map(
    layout.slots.map(({ name, shape, offset }) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      return [name, g.constant(name, shape, theta.subarray(offset, offset + size))] as const;
    }),
  );
  return { config: lora, parameters: { layout, bySlot } };
}
