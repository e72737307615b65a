import type { Dim } from '../dims.ts';
import type { Value } from '../ir.ts';
import { sizeOf, type Nd } from '../nd.ts';
import type { HeadAttributes, NoAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch } from './shapeRules.ts';

/*
 * Attention over a cache in one operation, as graphics cards want it: ONNX Runtime's
 * GroupQueryAttention. It has three results, and a node of ours has one, so the two grown caches are
 * nodes of their own that name the other results of the same ONNX node.
 *
 * The cache has room for P positions. The T new tokens of text b stand at the positions
 * lastPosition[b] - T + 1 to lastPosition[b], which must be below P; what the cache holds there or
 * behind does not count.
 */

/**
 * queries [B,T,H*D], keys and values [B,T,K*D], pastKeys and pastValues [B,K,P,D], lastPosition [B]
 * and tokenCount [] as int32 (the largest lastPosition + 1), tables cos and sin [positions, D/2].
 *
 *   y = softmax(scale * rotary(queries) · presentKeys^T) · presentValues          [B,T,H*D]
 *
 * Every token sees the positions up to its own (arXiv:2305.13245; rotary as in `rotary`).
 */
const groupQueryAttentionRule: OpRule<HeadAttributes> = {
  shape: (inputs, { headCount, kvHeadCount }, name) => {
    const [queries, keys, values, pastKeys, pastValues] = inputs as Value[];
    const headSize = dimAt(pastKeys!, 3);
    const fits =
      dimAt(queries!, 2) === multiple(headCount, headSize) &&
      [keys!, values!].every((fresh) => dimAt(fresh, 2) === multiple(kvHeadCount, headSize)) &&
      [pastKeys!, pastValues!].every((past) => dimAt(past, 1) === kvHeadCount);
    if (!fits) throw shapeMismatch(name, inputs, `${headCount} heads on ${kvHeadCount} cached ones expected`);
    return { shape: queries!.shape, dtype: queries!.dtype };
  },
  interpret: ([queries, keys, values, pastKeys, pastValues, lastPosition, , cos, sin], { scale }, shape) => {
    const tables = { lastPosition: lastPosition!, cos: cos!, sin: sin! };
    const present = {
      keys: appendRows(pastKeys!, rotateHeads(keys!, tables), lastPosition!),
      values: appendRows(pastValues!, values!, lastPosition!),
    };
    const scaled = { shape, data: queries!.data.map((x) => scale * x) };
    return attend(rotateHeads(scaled, tables), present, lastPosition!, shape);
  },
  lower: (onnx, node) => {
    const { headCount, kvHeadCount, scale } = node.attributes;
    return onnx.node('GroupQueryAttention', node.inputs.map(onnx.nameOf), {
      attributes: { num_heads: headCount, kv_num_heads: kvHeadCount, scale, do_rotary: 1 },
      domain: 'com.microsoft',
      result: node.name,
      moreResults: [presentKeysName(node.name), presentValuesName(node.name)],
    });
  },
};

const presentKeysName = (attention: string): string => `${attention}:presentKeys`;
const presentValuesName = (attention: string): string => `${attention}:presentValues`;

/** The cached keys [B,K,P,D] with the new ones, rotated, at their positions; of the attention in front. */
const presentKeysRule: OpRule<NoAttributes> = {
  shape: ([, , pastKeys]) => ({ shape: pastKeys!.shape, dtype: pastKeys!.dtype }),
  interpret: ([, keys, pastKeys, lastPosition, cos, sin]) => {
    const tables = { lastPosition: lastPosition!, cos: cos!, sin: sin! };
    return appendRows(pastKeys!, rotateHeads(keys!, tables), lastPosition!);
  },
  lower: (onnx, node) => presentKeysName(onnx.nameOf(node.inputs[0]!)),
};

/** The cached values [B,K,P,D] with the new ones at their positions; of the attention in front. */
const presentValuesRule: OpRule<NoAttributes> = {
  shape: ([, , pastValues]) => ({ shape: pastValues!.shape, dtype: pastValues!.dtype }),
  interpret: ([, values, pastValues, lastPosition]) => appendRows(pastValues!, values!, lastPosition!),
  lower: (onnx, node) => presentValuesName(onnx.nameOf(node.inputs[0]!)),
};

export const groupQueryAttentionRules = {
  groupQueryAttention: groupQueryAttentionRule,
  presentKeys: presentKeysRule,
  presentValues: presentValuesRule,
} as const;

function multiple(count: number, size: Dim): Dim | undefined {
  return typeof size === 'number' ? count * size : undefined;
}

/** The position of the first new token of a text. */
function firstPosition(lastPosition: Nd, text: number, tokens: number): number {
  return lastPosition.data[text]! - tokens + 1;
}

interface RotaryTables {
  readonly lastPosition: Nd;
  readonly cos: Nd;
  readonly sin: Nd;
}

/** x [B,T,heads*D] with every head turned to its token's position. */
function rotateHeads(x: Nd, { lastPosition, cos, sin }: RotaryTables): Nd {
  const [, tokens, width] = x.shape as [number, number, number];
  const half = cos.shape[1]!;
  const data = x.data.map((value, index) => {
    const row = Math.floor(index / width);
    const position = firstPosition(lastPosition, Math.floor(row / tokens), tokens) + (row % tokens);
    const i = index % (2 * half);
    const pair = i < half ? -x.data[index + half]! : x.data[index - half]!;
    const angle = position * half + (i % half);
    return value * cos.data[angle]! + pair * sin.data[angle]!;
  });
  return { shape: x.shape, data };
}

/** past [B,K,P,D] with rows of fresh [B,T,K*D] at their positions; 0 behind them, as on the CPU. */
function appendRows(past: Nd, fresh: Nd, lastPosition: Nd): Nd {
  const [, heads, room, size] = past.shape as [number, number, number, number];
  const tokens = fresh.shape[1]!;
  const data = past.data.map((value, index) => {
    const text = Math.floor(index / (heads * room * size));
    return Math.floor(index / size) % room < firstPosition(lastPosition, text, tokens) ? value : 0;
  });
  for (let at = 0; at < sizeOf(fresh.shape); at += size) {
    const head = (at / size) % heads;
    const row = Math.floor(at / size / heads);
    const text = Math.floor(row / tokens);
    const position = firstPosition(lastPosition, text, tokens) + (row % tokens);
    data.set(fresh.data.subarray(at, at + size), ((text * heads + head) * room + position) * size);
  }
  return { shape: past.shape, data };
}

/** Softmax attention of rotated queries over the present rows, one query head after the other. */
function attend(
  queries: Nd,
  present: { readonly keys: Nd; readonly values: Nd },
  lastPosition: Nd,
  shape: readonly number[],
): Nd {
  const [, kvHeads, room, size] = present.keys.shape as [number, number, number, number];
  const [, tokens, width] = shape as [number, number, number];
  const data = new Float64Array(sizeOf(shape));
  for (let at = 0; at < data.length; at += size) {
    const row = Math.floor(at / width);
    const text = Math.floor(row / tokens);
    const kvHead = Math.floor(((at % width) / width) * kvHeads);
    const count = firstPosition(lastPosition, text, tokens) + (row % tokens) + 1;
    const start = (text * kvHeads + kvHead) * room * size;
    const rows = (cached: Nd): Float64Array[] =>
      Array.from({ length: count }, (_, i) => cached.data.subarray(start + i * size, start + (i + 1) * size));
    data.set(attendOne(queries.data.subarray(at, at + size), rows(present.keys), rows(present.values)), at);
  }
  return { shape, data };
}

/** softmax(query · keys^T) · values of one query [D]. */
function attendOne(
  query: Float64Array,
  keys: readonly Float64Array[],
  values: readonly Float64Array[],
): Float64Array {
  const scores = keys.map((key) => dot(query, key));
  const top = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - top));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return query.map((_, i) => shares.reduce((sum, share, row) => sum + (share / total) * values[row]![i]!, 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
