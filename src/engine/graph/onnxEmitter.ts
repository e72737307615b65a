import type { Shape } from './dims.ts';
import type { Value } from './ir.ts';

/** Attribute values of an ONNX node: integers and their lists become INT(S), other numbers FLOAT. */
export type OnnxAttributes = Readonly<Record<string, number | string | readonly number[]>>;

/** What a lowering rule writes ONNX with. */
export interface OnnxEmitter {
  /** The ONNX name of a value of the graph. */
  readonly nameOf: (value: Value) => string;
  /** Adds a node and gives its result's name; `result` fixes that name, `moreResults` name those behind it. */
  node(
    onnxType: string,
    inputs: readonly string[],
    options?: {
      readonly attributes?: OnnxAttributes;
      readonly domain?: string;
      readonly result?: string;
      readonly moreResults?: readonly string[];
    },
  ): string;
  /** A list of integers as an int64 tensor. */
  int64(values: readonly number[]): string;
  /** One number as a float32 scalar. */
  float(value: number): string;
  /** One number as a uint8 scalar. */
  uint8(value: number): string;
  /** Sizes as an int64 tensor; symbols are computed from the inputs' shapes when the graph runs. */
  shapeTensor(shape: Shape): string;
  /** The same for Reshape, where one unknown size needs no computing. */
  reshapeTarget(shape: Shape): string;
  castToFloat(input: string, result?: string): string;
  castToInt64(input: string): string;
}
