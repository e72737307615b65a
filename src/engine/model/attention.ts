import { add, batchMatMul, concat, multiply, reshape, slice, softmax } from '../graph/build.ts';
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
 * softmax(q·k^T / sqrt(D) + mask)·v over the tokens themselves; `mask` broadcasts to [B,H,T,T].
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
 * both kinds of scores, then one product for each part.
 *
 *   q ─┬─ ·pastKeys^T + pastMask ─┐                    ┌─ ·pastValues ─┐
 *      └─ ·keys^T     + newMask  ─┴─ concat ─ softmax ─┴─ ·values ─────┴─ add
 */
export function cachedAttention(
  g: GraphBuilder,
  config: ModelConfig,
  masks: { readonly past: Value; readonly fresh: Value },
  pastOf: (layer: number, fresh: Heads) => PastHeads,
): Attend {
  return (layer, heads) => {
    const [batch, , tokens] = heads.queries.shape as [Dim, Dim, Dim];
    const past = pastOf(layer, heads);
    const cached = past.keys.shape[2]!;
    const queries = groupQueries(g, config, heads.queries);
    const scoresOf = (keys: Value, count: Dim, mask: Value): Value => {
      const scores = batchMatMul(g, [queries, keys], { transposeB: true });
      return add(g, reshape(g, scores, [batch, config.headCount, tokens, count]), mask);
    };
    const scores = concat(
      g,
      [scoresOf(past.keys, cached, masks.past), scoresOf(heads.keys, tokens, masks.fresh)],
      3,
    );
    const shares = softmax(g, scores);
    const mixed = (start: Dim, end: Dim, values: Value): Value => {
      const part = slice(g, shares, { axis: 3, start, end });
      const rows = multiplyDims(config.headCount / config.kvHeadCount, tokens);
      const grouped = reshape(g, part, [batch, config.kvHeadCount, rows, values.shape[2]!]);
      return batchMatMul(g, [grouped, values]);
    };
    const end = scores.shape[3]!;
    return ungroup(
      g,
      config,
      add(g, mixed(0, cached, past.values), mixed(cached, end, heads.values)),
      tokens,
    );
  };
}

/** [B,H,T,D] scaled by 1/sqrt(D), as [B,K,G*T,D] */
function groupQueries(g: GraphBuilder, config: ModelConfig, queries: Value): Value {
  const [batch, , tokens] = queries.shape as [Dim, Dim, Dim];
  const { headCount, kvHeadCount, headSize } = config;
  const scaled = multiply(g, queries, g.scalar(1 / Math.sqrt(headSize)), 'scaledQueries');
  return reshape(g, scaled, [batch, kvHeadCount, multiplyDims(headCount / kvHeadCount, tokens), headSize]);
}

/** [B,K,G*T,D] back to [B,H,T,D] */
function ungroup(g: GraphBuilder, config: ModelConfig, x: Value, tokens: Dim): Value {
  return reshape(g, x, [x.shape[0]!, config.headCount, tokens, config.headSize]);
}
