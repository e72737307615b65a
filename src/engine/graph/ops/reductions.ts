import { expand } from '../build.ts';
import type { Shape } from '../dims.ts';
import type { Value } from '../ir.ts';
import { coordinatesOf, fillNd, sizeOf, stridesOf, type Nd } from '../nd.ts';
import { onnxDType } from '../onnxProto.ts';
import type { NoAttributes, OpAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, withDim } from './shapeRules.ts';

function reducedShape(x: Value, axes: readonly number[]): Shape {
  axes.forEach((axis) => dimAt(x, axis));
  return x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
}

/** Folds every element of x into the element of the smaller tensor that it belongs to. */
function fold(
  x: Nd,
  shape: readonly number[],
  start: number,
  step: (folded: number, x: number) => number,
): Nd {
  const data = new Float64Array(sizeOf(shape)).fill(start);
  const strides = stridesOf(shape);
  x.data.forEach((value, index) => {
    const at = coordinatesOf(index, x.shape);
    const target = at.reduce(
      (flat, coordinate, axis) => flat + (shape[axis] === 1 ? 0 : coordinate * strides[axis]!),
      0,
    );
    data[target] = step(data[target]!, value);
  });
  return { shape, data };
}

const sumRule: OpRule<OpAttributes['sum']> = {
  shape: ([x], { axes }) => ({ shape: reducedShape(x!, axes), dtype: x!.dtype }),
  gradient: ({ g }, node, dy) => [expand(g, dy, node.inputs[0]!.shape)],
  interpret: ([x], _attributes, shape) => fold(x!, shape, 0, (folded, value) => folded + value),
  lower: (onnx, node) =>
    onnx.node('ReduceSum', [onnx.nameOf(node.inputs[0]!), onnx.int64(node.attributes.axes)], {
      attributes: { keepdims: 1 },
      result: node.name,
    }),
};

/** The largest value of each row, [.., 1]. */
const rowMaxRule: OpRule<NoAttributes> = {
  shape: ([x]) => ({ shape: withDim(x!, -1, 1), dtype: x!.dtype }),
  interpret: ([x], _attributes, shape) => fold(x!, shape, -Infinity, Math.max),
  lower: (onnx, node) =>
    onnx.node('ReduceMax', [onnx.nameOf(node.inputs[0]!), onnx.int64([-1])], {
      attributes: { keepdims: 1 },
      result: node.name,
    }),
};

/** Where the largest value of each row stands: the first place among equals. [.., 1] int32 */
const argMaxRule: OpRule<NoAttributes> = {
  shape: ([x]) => ({ shape: withDim(x!, -1, 1), dtype: 'int32' }),
  interpret: ([x], _attributes, shape) => {
    const width = x!.shape.at(-1)!;
    return fillNd(shape, (row) => {
      const values = x!.data.subarray(row * width, (row + 1) * width);
      return values.indexOf(values.reduce((top, value) => Math.max(top, value), -Infinity));
    });
  },
  lower: (onnx, node) => {
    const place = onnx.node('ArgMax', [onnx.nameOf(node.inputs[0]!)], {
      attributes: { axis: -1, keepdims: 1 },
    });
    return onnx.node('Cast', [place], { attributes: { to: onnxDType.int32 }, result: node.name });
  },
};

export const reductionRules = { sum: sumRule, rowMax: rowMaxRule, argMax: argMaxRule } as const;
