import { argMax, gatherRows, logSumExp, multiply, reshape, rowMax } from '../graph/build.ts';
import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Graph, Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { splitHeadNames, type SplitVocabulary } from '../weights/splitHead.ts';
import { decoderHidden, outputLogits, partOfLogits, type AttendRows, type RotaryTables } from './decoder.ts';
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

/** Names of what a head, or one of its parts, tells of the next token. */
export function nextTokenNames(part: 'first' | 'other') {
  const prefix = part === 'first' ? '' : 'other.';
  return {
    logits: `${prefix}logits`,
    logSumExp: `${prefix}logSumExp`,
    likeliest: `${prefix}likeliest`,
    likeliestLogit: `${prefix}likeliestLogit`,
  };
}

/** How a serving graph is built. */
export interface ServingGraphOptions {
  readonly precision: Precision;
  readonly lora: LoraConfig | undefined;
  /** The tokens of both parts of the head. Absent: it stands in one. */
  readonly split?: SplitVocabulary | undefined;
}

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
 * | otherRows | [O] | int32: the rows of [M] where the second part of the head is wanted too; none are no work. Absent with a head in one part |
 * | inverseTemperature | [] | |
 * | theta | [size] | the adapter's factors; absent without an adapter |
 *
 * Outputs: `logits` [M,V] divided by the temperature, their `logSumExp` [M,1], the `likeliest` token
 * [M,1] with its `likeliestLogit` [M,1], so that a greedy choice need not fetch V logits a row, and
 * the new rows `newKeys.i`, `newValues.i` [B,T,K*D'] of the cache; D' is `cachedHeadSize`. Where the head stands in
 * two parts, V are the tokens of the first, and the same is told of the second for O rows under the
 * names of `nextTokenNames`.
 */
export function servingGraph(
  config: ModelConfig,
  maxPositions: number,
  { precision, lora, split }: ServingGraphOptions,
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
  const inverseTemperature = g.input('inverseTemperature', []);
  const tell = (part: 'first' | 'other', logits: Value): Record<string, Value> =>
    tellNextToken(g, part, multiply(g, logits, inverseTemperature, 'scaledLogits'));
  if (split === undefined)
    return g.finish({ ...tell('first', outputLogits(g, config, hidden, precision)), ...outputs });
  const otherHidden = gatherRows(g, hidden, g.input('otherRows', ['O'], 'int32'), 'otherRows');
  const { ascii, other } = splitHeadNames;
  const logitsOf = (rows: Value, name: string, tokens: Uint32Array): Value =>
    partOfLogits(g, rows, { name, tokenCount: tokens.length }, precision);
  return g.finish({
    ...tell('first', logitsOf(hidden, ascii, split.ascii)),
    ...tell('other', logitsOf(otherHidden, other, split.other)),
    ...outputs,
  });
}

function tellNextToken(g: GraphBuilder, part: 'first' | 'other', logits: Value): Record<string, Value> {
  const names = nextTokenNames(part);
  return {
    [names.logits]: logits,
    [names.logSumExp]: logSumExp(g, logits),
    [names.likeliest]: argMax(g, logits),
    [names.likeliestLogit]: rowMax(g, logits),
  };
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
