import { invariant } from '../../invariant.ts';
import { multiply, transpose } from '../build.ts';
import { elementCount } from '../dims.ts';
import type { Value } from '../ir.ts';
import { coordinatesOf, fillNd, readBroadcast, type Nd } from '../nd.ts';
import type { NoAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch, withDim } from './shapeRules.ts';

/** Activations are rounded to this many steps on each side of 0. */
const steps = 127;

/** The unsigned form of 0 that ONNX Runtime's kernels take. */
const zeroPoint = 128;

/**
 * x [N,In] · w [In,Out] * scale [Out] or [] for int8 weights; each row of x is rounded to 8 bits by a
 * scale of its own, its largest absolute value / 127.
 *
 * A row's result does not depend on the other rows, so a text is the same whether its tokens are
 * computed one by one, several at once, or beside other texts. The rows cannot share one scale: one
 * large row costs all others their bits.
 *
 * The gradient passes the rounding straight through, and its own rows are rounded in the same way:
 *   dx = (dy * scale) · w^T
 */
const int8LinearRule: OpRule<NoAttributes> = {
  shape: (inputs, _attributes, name) => {
    const [x, w, scale] = inputs;
    if (
      w!.dtype !== 'int8' ||
      dimAt(x!, -1) !== dimAt(w!, 0) ||
      ![1, dimAt(w!, 1)].includes(elementCount(scale!.shape))
    ) {
      throw shapeMismatch(name, inputs, '[N,In], int8 [In,Out] and [Out] expected');
    }
    return { shape: withDim(x!, -1, dimAt(w!, 1)), dtype: x!.dtype };
  },
  gradient: ({ g, isWanted }, { inputs, name }, dy) => {
    const [, w, scale] = inputs as [Value, Value, Value];
    invariant(isWanted[1] !== true && isWanted[2] !== true, () => `${name}: int8 weights are frozen`);
    const scaled = multiply(g, dy, scale, 'scaled');
    return [g.apply('int8Linear', [scaled, transpose(g, w, [1, 0]), g.scalar(1)], {}), undefined, undefined];
  },
  interpret: ([x, w, scale], _attributes, shape) => {
    const rounded = roundRows(x!);
    const [inner, columns] = w!.shape as [number, number];
    return fillNd(shape, (index) => {
      const [row, column] = coordinatesOf(index, shape) as [number, number];
      let total = 0;
      for (let k = 0; k < inner; k++) total += rounded[row * inner + k]! * w!.data[k * columns + column]!;
      return total * readBroadcast(scale!, [row, column]);
    });
  },
  lower: (onnx, node) => {
    const [x, w, scale] = node.inputs.map(onnx.nameOf) as [string, string, string];
    // Counted from the front: ONNX Runtime does not reduce no rows along an axis counted from the back.
    const axis = node.inputs[0]!.shape.length - 1;
    const size = onnx.node('ReduceMax', [onnx.node('Abs', [x]), onnx.int64([axis])], {
      attributes: { keepdims: 1 },
    });
    const step = onnx.float(1 / steps);
    const zero = onnx.uint8(zeroPoint);
    // A row of zeros is divided by zero here and multiplied by zero below, so it stays zero.
    const integers = onnx.node('QuantizeLinear', [onnx.node('Div', [x, size]), step, zero]);
    const product = onnx.node('MatMulIntegerToFloat', [integers, w, step, scale, zero], {
      domain: 'com.microsoft',
    });
    return onnx.node('Mul', [product, size], { result: node.name });
  },
};

/** Each row in even steps of its largest absolute value / 127. */
function roundRows({ shape, data }: Nd): Float64Array {
  const width = shape.at(-1)!;
  const rounded = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += width) {
    const row = data.subarray(start, start + width);
    const step = row.reduce((top, value) => Math.max(top, Math.abs(value)), 0) / steps;
    if (step > 0) row.forEach((value, i) => (rounded[start + i] = Math.round(value / step) * step));
  }
  return rounded;
}

export const int8Rules = { int8Linear: int8LinearRule } as const;
