import { add, gemm } from '../graph/build.ts';
import type { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Value } from '../graph/ir.ts';
import { int4Block } from '../graph/ops/int4.ts';
import { int4Names } from '../weights/int4Weights.ts';
import { int8Names, isKeptInFloat32 } from '../weights/int8Weights.ts';

/** How the frozen weights of a graph are computed with. */
export type Precision = 'float32' | 'int8' | 'int4';

/** A frozen projection of the model file. */
export interface FrozenWeight {
  readonly name: string;
  /** [Out,In] */
  readonly shape: readonly [number, number];
  /** Name of its bias [Out]; absent where it has none. */
  readonly bias?: string;
}

/**
 * x·W^T + bias for x [N,In]: the one place that chooses the precision of frozen weights.
 *
 * In int8 the weights have one scale per output and the activations one per row. One scale for all
 * rows instead costs SmolLM2 23 % of its token loss; this costs under 2 %.
 *
 * In int4 the weights alone are rounded, in blocks of 32 with a scale each.
 */
export function frozenLinear(
  g: GraphBuilder,
  x: Value,
  { name, shape, bias }: FrozenWeight,
  precision: Precision,
): Value {
  const biasValue = bias === undefined ? undefined : g.weight(bias, [shape[0]]);
  if (precision === 'float32' || isKeptInFloat32(name)) {
    const w = g.weight(name, shape);
    return biasValue === undefined
      ? gemm(g, [x, w], { transposeB: true })
      : gemm(g, [x, w, biasValue], { transposeB: true });
  }
  const product = (precision === 'int8' ? int8Linear : int4Linear)(g, x, { name, shape });
  return biasValue === undefined ? product : add(g, product, biasValue, 'bias');
}

function int8Linear(g: GraphBuilder, x: Value, { name, shape: [out, inner] }: FrozenWeight): Value {
  const w = g.weight(int8Names.weight(name), [inner, out], 'int8');
  const scale = g.weight(int8Names.scale(name), [out]);
  return g.apply('int8Linear', [x, w, scale], {});
}

function int4Linear(g: GraphBuilder, x: Value, { name, shape: [out, inner] }: FrozenWeight): Value {
  const blocks = Math.ceil(inner / int4Block);
  const w = g.weight(int4Names.weight(name), [out, blocks, int4Block / 2], 'uint8');
  const scale = g.weight(int4Names.scale(name), [out, blocks]);
  return g.apply('int4MatMul', [x, w, scale], {});
}
