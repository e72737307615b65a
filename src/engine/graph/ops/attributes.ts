import type { Dim, Shape } from '../dims.ts';

/** For operations that take no attributes. */
export type NoAttributes = Readonly<Record<string, never>>;

/** Which side of a product is transposed before it. */
export interface ProductAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A range of one axis, `end` not included. */
export interface SliceAttributes {
  readonly axis: number;
  readonly start: Dim;
  readonly end: Dim;
}

/** Zeros before and behind along one axis. */
export interface PadAttributes {
  readonly axis: number;
  readonly before: number;
  readonly behind: number;
}

/** Query heads, the key-value heads that they share, and what their scores are multiplied by. */
export interface HeadAttributes {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly scale: number;
}

/** Every operation of the graph language with the attributes it takes. */
export interface OpAttributes {
  readonly add: NoAttributes;
  readonly subtract: NoAttributes;
  readonly multiply: NoAttributes;
  readonly divide: NoAttributes;
  readonly maximum: NoAttributes;
  readonly minimum: NoAttributes;
  readonly greater: NoAttributes;
  readonly negate: NoAttributes;
  readonly exp: NoAttributes;
  readonly sqrt: NoAttributes;
  readonly sigmoid: NoAttributes;
  readonly softplus: NoAttributes;
  readonly expand: { readonly shape: Shape };
  readonly gemm: ProductAttributes;
  readonly batchMatMul: ProductAttributes;
  readonly sum: { readonly axes: readonly number[] };
  readonly rowMax: NoAttributes;
  readonly argMax: NoAttributes;
  readonly reshape: { readonly shape: Shape };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly slice: SliceAttributes;
  readonly pad: PadAttributes;
  readonly concat: { readonly axis: number };
  readonly gatherRows: NoAttributes;
  readonly scatterRows: { readonly rowCount: Dim };
  readonly softmax: NoAttributes;
  readonly logSumExp: NoAttributes;
  readonly rmsNorm: { readonly epsilon: number };
  readonly rotary: NoAttributes;
  readonly swiGlu: NoAttributes;
  readonly int8Linear: NoAttributes;
  readonly int4MatMul: NoAttributes;
  readonly groupQueryAttention: HeadAttributes;
  readonly presentKeys: NoAttributes;
  readonly presentValues: NoAttributes;
}

export type OpName = keyof OpAttributes;
