import { add, batchMatMul, concat, expand, reshape, slice, softmax } from '../graph/build.ts';
import { multiplyDims, type Dim } from '../graph/dims.ts';
import type { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { Attend, Heads } from './decoder.ts';

/** What is added to a score that must not count: its softmax is 0 in float32. */
export const maskedScore = -1e9;

/** Scores of keys behind the query's own position are masked: [T,T]. */
export function causalMask(tokenCount: number): Float32Array {
  const mask = new Float32Array(tokenCount * tokenCount);
  for (let query = 0; query < tokenCount; query++) {
    mask.fill(maskedScore, query * tokenCount + query + 1, (query + 1) * tokenCount);
  }
  return mask;
}

/**
 * softmax(q·k^T + mask)·v over the tokens themselves; `mask` broadcasts to [B,H,T,T].
 *
 * Query heads that share a key-value head are laid below each other, [B,K,G*T,D], so that k and v
 * are never repeated (grouped-query attention, arXiv:2305.13245).
 */
export function selfAttention(g: GraphBuilder, config: ModelConfig, mask: Value): Attend {
  return (_layer, { queries, keys, values }) => {
    const [batch, , tokens] = queries.shape as [Dim, Dim, Dim];
    const scores = batchMatMul(g, [groupQueries(g, config, queries), keys], { transposeB: true });
    const masked = add(g, reshape(g, scores, [batch, config.headCount, tokens, tokens]), mask, 'scores');
    const shares = reshape(g, softmax(g, masked), scores.shape);
    return ungroup(g, config, batchMatMul(g, [shares, values]), tokens);
  };
}

/** The cached keys and values of one layer, [B,K,P,D]. */
export interface PastHeads {
  readonly keys: Value;
  readonly values: Value;
}

/**
 * The same over cached positions and the new tokens, without copying the cache: one softmax over
 * both kinds of scores, then one product for each part. `mask` is what `servingMask` gives.
 *
 *   q ─┬─ ·pastKeys^T ─┐                           ┌─ ·pastValues ─┐
 *      └─ ·keys^T     ─┴─ concat ─ +mask ─ softmax ─┴─ ·values ─────┴─ add
 */
export function cachedAttention(
  g: GraphBuilder,
  config: ModelConfig,
  mask: Value,
  pastOf: (layer: number, fresh: Heads) => PastHeads,
): Attend {
  return (layer, heads) => {
    const past = pastOf(layer, heads);
    const queries = groupQueries(g, config, heads.queries);
    const scoresOf = (keys: Value): Value => batchMatMul(g, [queries, keys], { transposeB: true });
    const scores = concat(g, [scoresOf(past.keys), scoresOf(heads.keys)], 3);
    const shares = softmax(g, add(g, scores, mask, 'scores'));
    const mix = (start: Dim, end: Dim, values: Value): Value =>
      batchMatMul(g, [slice(g, shares, { axis: 3, start, end }), values]);
    const cached = past.keys.shape[2]!;
    const mixed = add(g, mix(0, cached, past.values), mix(cached, scores.shape[3]!, heads.values));
    return ungroup(g, config, mixed, heads.queries.shape[2]!);
  };
}

/**
 * The mask of the cached positions [B,1,1,P] and of the new tokens [B,1,T,T] as one for grouped
 * queries: [B,1,G*T,P+T]. Built once for all layers.
 */
export function servingMask(
  g: GraphBuilder,
  config: ModelConfig,
  { past, fresh }: { readonly past: Value; readonly fresh: Value },
): Value {
  return g.scope('mask', () => {
    const [batch, , tokens] = fresh.shape as [Dim, Dim, Dim];
    const cached = expand(g, past, [batch, 1, tokens, past.shape[3]!]);
    const mask = concat(g, [cached, fresh], 3);
    const positions = mask.shape[3]!;
    const groups = config.headCount / config.kvHeadCount;
    const single = reshape(g, mask, [batch, 1, 1, tokens, positions]);
    const repeated = expand(g, single, [batch, 1, groups, tokens, positions]);
    return reshape(g, repeated, [batch, 1, multiplyDims(groups, tokens), positions]);
  });
}

/** [B,H,T,D] as [B,K,G*T,D] */
function groupQueries(g: GraphBuilder, config: ModelConfig, queries: Value): Value {
  const [batch, , tokens] = queries.shape as [Dim, Dim, Dim];
  const { headCount, kvHeadCount, headSize } = config;
  return reshape(g, queries, [batch, kvHeadCount, multiplyDims(headCount / kvHeadCount, tokens), headSize]);
}

/** [B,K,G*T,D] back to [B,H,T,D] */
function ungroup(g: GraphBuilder, config: ModelConfig, x: Value, tokens: Dim): Value {
  return reshape(g, x, [x.shape[0]!, config.headCount, tokens, config.headSize]);
}
