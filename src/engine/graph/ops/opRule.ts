import type { Shape } from '../dims.ts';
import type { GraphBuilder } from '../graphBuilder.ts';
import type { DType, OpNode, Value } from '../ir.ts';
import type { Nd } from '../nd.ts';
import type { OnnxEmitter } from '../onnxEmitter.ts';

/** What a shape rule answers. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a gradient rule may use. */
export interface GradientContext {
  readonly g: GraphBuilder;
  /** Per input: whether anything wants its gradient. A rule answers `undefined` where it is false. */
  readonly isWanted: readonly boolean[];
}

/** Everything the project knows about one operation; `A` are its attributes. */
export interface OpRule<A> {
  /** The result's type, or EngineError 'shapeMismatch' naming the node. */
  shape(inputs: readonly Value[], attributes: A, name: string): ValueType;
  /**
   * Given the gradient `dy` of the result, the gradient of each input, or `undefined` where there is
   * none. Absent: the operation is for serving alone, and training through it is a broken invariant.
   */
  gradient?(
    context: GradientContext,
    node: OpNode & { readonly attributes: A },
    dy: Value,
  ): readonly (Value | undefined)[];
  /** The result in float64, slowly and plainly: the oracle of the tests. */
  interpret(inputs: readonly Nd[], attributes: A, shape: readonly number[]): Nd;
  /** Writes the operation as ONNX nodes and gives the name of the result. */
  lower(onnx: OnnxEmitter, node: OpNode & { readonly attributes: A }): string;
}
