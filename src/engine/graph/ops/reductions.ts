import { expand } from '../build.ts';
import type { Shape } from '../dims.ts';
import type { Value } from '../ir.ts';
import { coordinatesOf, sizeOf, stridesOf, type Nd } from '../nd.ts';
import type { OpAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt } from './shapeRules.ts';

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

export const reductionRules = { sum: sumRule } as const;
