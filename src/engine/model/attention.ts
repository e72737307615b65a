import { add, batchMatMul, concat, reshape, softmax } from '../graph/build.ts';
import { multiplyDims, type Dim } from '../graph/dims.ts';
import type { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { Attend, Heads } from './decoder.ts';

/** What is added to a score that must not count: its softmax is 0 in float32. */
export const maskedScore = -1e9;

/** Keys and values [B,K,T,D] of one layer, rotated to their positions. */
export type KeysAndValues = Pick<Heads, 'keys' | 'values'>;

/**
 * softmax(q·k^T + mask)·v over the tokens themselves and, where they are given, `before` them the keys and
 * values [B,K,P,D] of each layer; `mask` broadcasts to [B,H,T,P+T].
 *
 * Query heads that share a key-value head are laid below each other, [B,K,G*T,D], so that k and v
 * are never repeated (grouped-query attention, arXiv:2305.13245).
 */
export function selfAttention(
  g: GraphBuilder,
  config: ModelConfig,
  mask: Value,
  before: readonly KeysAndValues[] = [],
): Attend {
  return (layer, { queries, ...own }) => {
    const [batch, , tokens] = queries.shape as [Dim, Dim, Dim];
    const { keys, values } = behind(g, before[layer], own);
    const scores = batchMatMul(g, [groupQueries(g, config, queries), keys], { transposeB: true });
    const perHead = reshape(g, scores, [batch, config.headCount, tokens, keys.shape[2]!]);
    const shares = reshape(g, softmax(g, add(g, perHead, mask, 'scores')), scores.shape);
    return ungroup(g, config, batchMatMul(g, [shares, values]), tokens);
  };
}

function behind(g: GraphBuilder, before: KeysAndValues | undefined, own: KeysAndValues): KeysAndValues {
  if (before === undefined) return own;
  return {
    keys: concat(g, [before.keys, own.keys], 2),
    values: concat(g, [before.values, own.values], 2),
  };
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
