import { elementCount } from '../dims.ts';
import { coordinatesOf, fillNd, type Nd } from '../nd.ts';
import type { NoAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch, withDim } from './shapeRules.ts';

/** The largest absolute value of each row, [.., 1]. */
const rowMaxAbsRule: OpRule<NoAttributes> = {
  shape: ([x]) => ({ shape: withDim(x!, -1, 1), dtype: x!.dtype }),
  interpret: ([x], _attributes, shape) => {
    const width = x!.shape.at(-1)!;
    return fillNd(shape, (row) =>
      x!.data
        .subarray(row * width, (row + 1) * width)
        .reduce((top, value) => Math.max(top, Math.abs(value)), 0),
    );
  },
  lower: (onnx, node) => {
    const absolute = onnx.node('Abs', [onnx.nameOf(node.inputs[0]!)]);
    return onnx.node('ReduceMax', [absolute, onnx.int64([-1])], {
      attributes: { keepdims: 1 },
      result: node.name,
    });
  },
};

/**
 * x [N,In] · w [In,Out] * scale [Out], with int8 weights and activations rounded on the way to 8 bits
 * by one scale for the whole tensor: ONNX Runtime's DynamicQuantizeMatMul.
 *
 * A row that is much smaller than the others would lose all its bits, so callers bring the rows to
 * one size first (see `frozenLinear`).
 */
const int8MatMulRule: OpRule<NoAttributes> = {
  shape: (inputs, _attributes, name) => {
    const [x, w, scale] = inputs;
    if (
      w!.dtype !== 'int8' ||
      dimAt(x!, -1) !== dimAt(w!, 0) ||
      elementCount(scale!.shape) !== dimAt(w!, 1)
    ) {
      throw shapeMismatch(name, inputs, '[N,In], int8 [In,Out] and [Out] expected');
    }
    return { shape: withDim(x!, -1, dimAt(w!, 1)), dtype: x!.dtype };
  },
  interpret: ([x, w, scale], _attributes, shape) => {
    const rounded = roundTo8Bits(x!);
    const [inner, columns] = w!.shape as [number, number];
    return fillNd(shape, (index) => {
      const [row, column] = coordinatesOf(index, shape) as [number, number];
      let total = 0;
      for (let k = 0; k < inner; k++)
        total += rounded.data[row * inner + k]! * w!.data[k * columns + column]!;
      return total * scale!.data[column]!;
    });
  },
  lower: (onnx, node) =>
    onnx.node('DynamicQuantizeMatMul', node.inputs.map(onnx.nameOf), {
      domain: 'com.microsoft',
      result: node.name,
    }),
};

/** ONNX's DynamicQuantizeLinear and back: 256 even steps from the least to the largest value, 0 among them. */
function roundTo8Bits(x: Nd): Nd {
  const low = x.data.reduce((a, b) => Math.min(a, b), 0);
  const high = x.data.reduce((a, b) => Math.max(a, b), 0);
  const step = (high - low) / 255;
  const zero = Math.round(-low / step);
  const round = (value: number): number => Math.min(255, Math.max(0, Math.round(value / step) + zero)) - zero;
  return { shape: x.shape, data: x.data.map((value) => round(value) * step) };
}

export const int8Rules = { rowMaxAbs: rowMaxAbsRule, int8MatMul: int8MatMulRule } as const;
