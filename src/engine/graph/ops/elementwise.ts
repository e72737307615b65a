import { add, divide, greater, multiply, negate, reshape, subtract, sum } from '../build.ts';
import { sameShape, type Shape } from '../dims.ts';
import type { GraphBuilder } from '../graphBuilder.ts';
import type { OpNode, Value } from '../ir.ts';
import { coordinatesOf, fillNd, readBroadcast } from '../nd.ts';
import type { NoAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { broadcastShapes } from './shapeRules.ts';

type Partial2 = (g: GraphBuilder, node: OpNode, dy: Value) => Value;

/** An operation on two tensors that broadcast, given by its function and its two partial derivatives. */
function binary(
  onnxType: string,
  compute: (a: number, b: number) => number,
  partials: readonly [Partial2, Partial2] | undefined,
): OpRule<NoAttributes> {
  return {
    shape: ([a, b], _attributes, name) => ({ shape: broadcastShapes(a!, b!, name), dtype: a!.dtype }),
    gradient: ({ g, isWanted }, node, dy) =>
      node.inputs.map((input, i) =>
        partials !== undefined && isWanted[i] ? sumTo(g, partials[i]!(g, node, dy), input.shape) : undefined,
      ),
    interpret: ([a, b], _attributes, shape) =>
      fillNd(shape, (index) => {
        const at = coordinatesOf(index, shape);
        return compute(readBroadcast(a!, at), readBroadcast(b!, at));
      }),
    lower: (onnx, node) => onnx.node(onnxType, node.inputs.map(onnx.nameOf), { result: node.name }),
  };
}

/** An operation on each element alone; the derivative may use the input x and the result y. */
function unary(
  onnxType: string,
  compute: (x: number) => number,
  derivative: (g: GraphBuilder, x: Value, y: Value) => Value,
): OpRule<NoAttributes> {
  return {
    shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
    gradient: ({ g }, node, dy) => [multiply(g, dy, derivative(g, node.inputs[0]!, node))],
    interpret: ([x], _attributes, shape) => fillNd(shape, (index) => compute(x!.data[index]!)),
    lower: (onnx, node) => onnx.node(onnxType, node.inputs.map(onnx.nameOf), { result: node.name }),
  };
}

/** Sums a gradient over the axes along which its value was broadcast. */
export function sumTo(g: GraphBuilder, dy: Value, shape: Shape): Value {
  if (sameShape(dy.shape, shape)) return dy;
  const added = dy.shape.length - shape.length;
  const axes = dy.shape.flatMap((dim, axis) =>
    axis < added || (shape[axis - added] === 1 && dim !== 1) ? [axis] : [],
  );
  return reshape(g, axes.length === 0 ? dy : sum(g, dy, axes), shape);
}

/**
 * Where the first of two tensors is the larger: 1, where it is the smaller: 0, at ties a half, as
 * central differences and PyTorch have it.
 */
function shareOfLarger(g: GraphBuilder, a: Value, b: Value): Value {
  const difference = subtract(g, greater(g, a, b), greater(g, b, a));
  return multiply(g, add(g, difference, g.scalar(1)), g.scalar(0.5));
}

const takeFirstWhere =
  (share: (g: GraphBuilder, a: Value, b: Value) => Value): Partial2 =>
  (g, node, dy) =>
    multiply(g, dy, share(g, node.inputs[0]!, node.inputs[1]!));

const largerFirst = takeFirstWhere((g, a, b) => shareOfLarger(g, a, b));
const smallerFirst = takeFirstWhere((g, a, b) => shareOfLarger(g, b, a));

/** 1 where a > b, else 0; flat almost everywhere, so it passes no gradient on. */
const greaterRule: OpRule<NoAttributes> = {
  ...binary('Greater', (a, b) => (a > b ? 1 : 0), undefined),
  lower: (onnx, node) => onnx.castToFloat(onnx.node('Greater', node.inputs.map(onnx.nameOf)), node.name),
};

/** Stretches axes of size 1 to the wanted shape. */
const expandRule: OpRule<{ readonly shape: Shape }> = {
  shape: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
  gradient: ({ g }, node, dy) => [sumTo(g, dy, node.inputs[0]!.shape)],
  interpret: ([x], _attributes, shape) =>
    fillNd(shape, (index) => readBroadcast(x!, coordinatesOf(index, shape))),
  lower: (onnx, node) =>
    onnx.node('Expand', [onnx.nameOf(node.inputs[0]!), onnx.shapeTensor(node.attributes.shape)], {
      result: node.name,
    }),
};

export const elementwiseRules = {
  add: binary('Add', (a, b) => a + b, [(_g, _node, dy) => dy, (_g, _node, dy) => dy]),
  subtract: binary('Sub', (a, b) => a - b, [(_g, _node, dy) => dy, (g, _node, dy) => negate(g, dy)]),
  multiply: binary('Mul', (a, b) => a * b, [
    (g, node, dy) => multiply(g, dy, node.inputs[1]!),
    (g, node, dy) => multiply(g, dy, node.inputs[0]!),
  ]),
  divide: binary('Div', (a, b) => a / b, [
    (g, node, dy) => divide(g, dy, node.inputs[1]!),
    (g, node, dy) => negate(g, divide(g, multiply(g, dy, node), node.inputs[1]!)),
  ]),
  maximum: binary('Max', Math.max, [largerFirst, smallerFirst]),
  minimum: binary('Min', Math.min, [smallerFirst, largerFirst]),
  greater: greaterRule,
  negate: unary(
    'Neg',
    (x) => -x,
    (g) => g.scalar(-1),
  ),
  exp: unary('Exp', Math.exp, (_g, _x, y) => y),
  sqrt: unary('Sqrt', Math.sqrt, (g, _x, y) => divide(g, g.scalar(0.5), y)),
  sigmoid: unary(
    'Sigmoid',
    (x) => 1 / (1 + Math.exp(-x)),
    (g, _x, y) => multiply(g, y, subtract(g, g.scalar(1), y)),
  ),
  /** log(1 + exp(x)), without overflow. */
  softplus: unary(
    'Softplus',
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    (g, x) => g.apply('sigmoid', [x], {}),
  ),
  expand: expandRule,
} as const;
