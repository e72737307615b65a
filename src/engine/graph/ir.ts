/**
 * The graph language: what a model computes, as data. Every node has one result, so a node and its
 * value are the same thing. Nodes are immutable; a graph only ever grows.
 *
 * Axis letters, the same in the whole project: `B` batch, `T` tokens, `H` heads, `K` key-value
 * heads, `G` query heads per key-value head, `D` head size, `E` embedding, `F` feed-forward,
 * `V` vocabulary, `R` adapter rank, `P` cached positions, `N` rows (B*T).
 */
import type { Shape } from './dims.ts';
import type { OpAttributes, OpName } from './ops/attributes.ts';

export type DType = 'float32' | 'int8' | 'uint8' | 'int32' | 'int64';

interface NodeCommon {
  /** Position in the order of creation: every input of a node has a smaller id. */
  readonly id: number;
  /** Scoped name such as `layers.0/attn/q_proj/gemm`; unique in its graph. */
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A tensor fed at every run. */
export interface InputNode extends NodeCommon {
  readonly kind: 'input';
}

/** A frozen tensor of the model file, by its name there. */
export interface WeightNode extends NodeCommon {
  readonly kind: 'weight';
  readonly weightName: string;
}

/** A small tensor written into the graph itself. */
export interface ConstantNode extends NodeCommon {
  readonly kind: 'constant';
  readonly data: readonly number[] | Float32Array;
}

/** The result of an operation of `opTable`. */
export interface OpNode<O extends OpName = OpName> extends NodeCommon {
  readonly kind: 'op';
  readonly op: O;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[O];
}

/** A node, seen as the tensor it gives. */
export type Value = InputNode | WeightNode | ConstantNode | OpNode;

/** A finished graph: exactly the nodes its outputs need, inputs before their users. */
export interface Graph {
  readonly nodes: readonly Value[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
}

/** The nodes a value is computed from; none for inputs, weights and constants. */
export function inputsOf(value: Value): readonly Value[] {
  return value.kind === 'op' ? value.inputs : [];
}
