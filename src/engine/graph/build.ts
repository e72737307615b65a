import type { Shape } from './dims.ts';
import type { GraphBuilder } from './graphBuilder.ts';
import type { Value } from './ir.ts';

/*
 * One function per operation, for code that reads like the formula it builds. `name` names the node
 * inside the current scope; without it the node is called after its operation.
 */

/** a + b, broadcasting. */
export const add = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('add', [a, b], {}, name);

/** a - b, broadcasting. */
export const subtract = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('subtract', [a, b], {}, name);

/** a * b, element by element, broadcasting. */
export const multiply = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('multiply', [a, b], {}, name);

/** a / b, element by element, broadcasting. */
export const divide = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('divide', [a, b], {}, name);

/** The larger of a and b. */
export const maximum = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('maximum', [a, b], {}, name);

/** The smaller of a and b. */
export const minimum = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('minimum', [a, b], {}, name);

/** 1 where a > b, else 0. */
export const greater = (g: GraphBuilder, a: Value, b: Value, name?: string): Value =>
  g.apply('greater', [a, b], {}, name);

/** -x */
export const negate = (g: GraphBuilder, x: Value, name?: string): Value => g.apply('negate', [x], {}, name);

/** e^x */
export const exp = (g: GraphBuilder, x: Value, name?: string): Value => g.apply('exp', [x], {}, name);

/** log(1 + e^x) */
export const softplus = (g: GraphBuilder, x: Value, name?: string): Value =>
  g.apply('softplus', [x], {}, name);

/** silu(gate) * up, element by element, with silu(x) = x * sigmoid(x). */
export const swiGlu = (g: GraphBuilder, gate: Value, up: Value): Value => g.apply('swiGlu', [gate, up], {});

/** Stretches axes of size 1 to `shape`. */
export const expand = (g: GraphBuilder, x: Value, shape: Shape, name?: string): Value =>
  g.apply('expand', [x], { shape }, name);

/** Sum over `axes`, which stay with size 1. */
export const sum = (g: GraphBuilder, x: Value, axes: readonly number[], name?: string): Value =>
  g.apply('sum', [x], { axes }, name);

/** The largest value of the last axis, which stays with size 1. */
export const rowMax = (g: GraphBuilder, x: Value, name?: string): Value => g.apply('rowMax', [x], {}, name);

/** Where along the last axis the largest value stands, int32; the axis stays with size 1. */
export const argMax = (g: GraphBuilder, x: Value, name?: string): Value => g.apply('argMax', [x], {}, name);

/** The same elements under another shape. */
export const reshape = (g: GraphBuilder, x: Value, shape: Shape, name?: string): Value =>
  g.apply('reshape', [x], { shape }, name);

/** Axes in another order: axis i of the result is axis `permutation[i]` of x. */
export const transpose = (g: GraphBuilder, x: Value, permutation: readonly number[], name?: string): Value =>
  g.apply('transpose', [x], { permutation }, name);

/** Positions `start` to `end` (not included) of one axis. */
export const slice = (
  g: GraphBuilder,
  x: Value,
  range: { readonly axis: number; readonly start: Shape[number]; readonly end: Shape[number] },
  name?: string,
): Value => g.apply('slice', [x], range, name);

/** Tensors one after the other along one axis. */
export const concat = (g: GraphBuilder, parts: readonly Value[], axis: number, name?: string): Value =>
  parts.length === 1 ? parts[0]! : g.apply('concat', parts, { axis }, name);

/** Rows of `table` [V,E] by `indices`: [..., E]. */
export const gatherRows = (g: GraphBuilder, table: Value, indices: Value, name?: string): Value =>
  g.apply('gatherRows', [table, indices], {}, name);

/** Which side of a product is transposed before it. */
export interface Transposes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** a·b + c for matrices: [M,K]·[K,N], each side perhaps transposed first; c may broadcast to [M,N]. */
export const gemm = (
  g: GraphBuilder,
  inputs: readonly [Value, Value] | readonly [Value, Value, Value],
  { transposeA = false, transposeB = false }: Transposes = {},
  name?: string,
): Value => g.apply('gemm', inputs, { transposeA, transposeB }, name);

/** a·b over the last two axes, one product per index of the axes before. */
export const batchMatMul = (
  g: GraphBuilder,
  inputs: readonly [Value, Value],
  { transposeA = false, transposeB = false }: Transposes = {},
  name?: string,
): Value => g.apply('batchMatMul', inputs, { transposeA, transposeB }, name);

/** Softmax over the last axis. */
export const softmax = (g: GraphBuilder, x: Value, name?: string): Value => g.apply('softmax', [x], {}, name);

/** log(sum(exp(x))) over the last axis, which stays with size 1. */
export const logSumExp = (g: GraphBuilder, x: Value, name?: string): Value =>
  g.apply('logSumExp', [x], {}, name);
