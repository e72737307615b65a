import { add, divide, multiply, softmax, subtract, sum } from '../build.ts';
import { sameShape } from '../dims.ts';
import type { GraphBuilder } from '../graphBuilder.ts';
import type { Value } from '../ir.ts';
import { coordinatesOf, fillNd, sizeOf, type Nd } from '../nd.ts';
import type { NoAttributes } from './attributes.ts';
import { sumTo } from './elementwise.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch, withDim } from './shapeRules.ts';

/** Applies a function to each row along the last axis and joins the results. */
function mapRows(x: Nd, shape: readonly number[], compute: (row: Float64Array) => readonly number[]): Nd {
  const width = x.shape.at(-1)!;
  const rows = x.data.length / width;
  const data = new Float64Array(sizeOf(shape));
  for (let row = 0; row < rows; row++) {
    const result = compute(x.data.subarray(row * width, (row + 1) * width));
    data.set(result, row * result.length);
  }
  return { shape, data };
}

function logSumExpOf(row: Float64Array): number {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(row.reduce((total, x) => total + Math.exp(x - top), 0));
}

/** dx = y * (dy - sum(dy * y)) */
const softmaxRule: OpRule<NoAttributes> = {
  shape: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  gradient: ({ g }, node, dy) => {
    const shared = sum(g, multiply(g, dy, node), [node.shape.length - 1]);
    return [multiply(g, node, subtract(g, dy, shared))];
  },
  interpret: ([x], _attributes, shape) =>
    mapRows(x!, shape, (row) => {
      const total = logSumExpOf(row);
      return Array.from(row, (value) => Math.exp(value - total));
    }),
  lower: (onnx, node) =>
    onnx.node('Softmax', [onnx.nameOf(node.inputs[0]!)], { attributes: { axis: -1 }, result: node.name }),
};

/**
 * dx = dy * softmax(x)
 *
 * Lowered as top - log(max of softmax(x)), since the largest share is exp(top - logSumExp). ONNX Runtime's
 * own ReduceLogSumExp adds one float32 after the other, so that small terms are lost: with it SmolLM2's
 * log-probabilities were off by up to 2.4e-4, now by 2e-5; and it takes three to six times as long.
 */
const logSumExpRule: OpRule<NoAttributes> = {
  shape: ([x]) => ({ shape: withDim(x!, -1, 1), dtype: x!.dtype }),
  gradient: ({ g }, node, dy) => [multiply(g, dy, softmax(g, node.inputs[0]!))],
  interpret: ([x], _attributes, shape) => mapRows(x!, shape, (row) => [logSumExpOf(row)]),
  lower: (onnx, node) => {
    const x = onnx.nameOf(node.inputs[0]!);
    const largest = (of: string): string =>
      onnx.node('ReduceMax', [of, onnx.int64([-1])], { attributes: { keepdims: 1 } });
    const share = largest(onnx.node('Softmax', [x], { attributes: { axis: -1 } }));
    return onnx.node('Sub', [largest(x), onnx.node('Log', [share])], { result: node.name });
  },
};

/**
 * y = x / sqrt(mean(x^2) + epsilon) * weight          RMSNorm, arXiv:1910.07467, section 3
 *
 * With r = 1 / sqrt(mean(x^2) + epsilon):
 *   dx      = r * (dy * weight - x * (r * mean(dy * y)))
 *   dweight = sum over rows of dy * x * r
 */
const rmsNormRule: OpRule<{ readonly epsilon: number }> = {
  shape: (inputs, _attributes, name) => {
    const [x, weight] = inputs as [Value, Value];
    if (weight.shape.length !== 1 || weight.shape[0] !== dimAt(x, -1)) {
      throw shapeMismatch(name, inputs, 'one weight per element of the last axis expected');
    }
    return { shape: x.shape, dtype: x.dtype };
  },
  gradient: ({ g, isWanted }, node, dy) => {
    const [x, weight] = node.inputs as [Value, Value];
    const r = inverseRms(g, x, node.attributes.epsilon);
    const dx = (): Value => {
      const shared = multiply(g, r, meanOfRow(g, multiply(g, dy, node)));
      return multiply(g, r, subtract(g, multiply(g, dy, weight), multiply(g, x, shared)));
    };
    return [
      isWanted[0] ? dx() : undefined,
      isWanted[1] ? sumTo(g, multiply(g, dy, multiply(g, x, r)), weight.shape) : undefined,
    ];
  },
  interpret: ([x, weight], { epsilon }, shape) =>
    mapRows(x!, shape, (row) => {
      const meanSquare = row.reduce((total, value) => total + value * value, 0) / row.length;
      const r = 1 / Math.sqrt(meanSquare + epsilon);
      return Array.from(row, (value, i) => value * r * weight!.data[i]!);
    }),
  lower: (onnx, node) =>
    onnx.node('SimplifiedLayerNormalization', node.inputs.map(onnx.nameOf), {
      attributes: { axis: -1, epsilon: node.attributes.epsilon, stash_type: 1 },
      result: node.name,
    }),
};

function meanOfRow(g: GraphBuilder, x: Value): Value {
  const width = dimAt(x, -1);
  if (typeof width !== 'number') throw shapeMismatch(x.name, [x], 'a known row width expected');
  return multiply(g, sum(g, x, [x.shape.length - 1]), g.scalar(1 / width));
}

function inverseRms(g: GraphBuilder, x: Value, epsilon: number): Value {
  const meanSquare = meanOfRow(g, multiply(g, x, x));
  return divide(g, g.scalar(1), g.apply('sqrt', [add(g, meanSquare, g.scalar(epsilon))], {}));
}

/**
 * Rotary position embedding of x [B,H,T,D] or [B,T,H*D] at `positions` [B,T], arXiv:2104.09864,
 * section 3.4, in the half-split form: the pair of element i of a head is element i + D/2.
 *
 *   y[i]       = x[i] * cos - x[i + D/2] * sin
 *   y[i + D/2] = x[i] * sin + x[i + D/2] * cos
 *
 * `cos` and `sin` are tables [positions, D/2]. A rotation's gradient is the rotation back: the same
 * with the sine negated.
 */
const rotaryRule: OpRule<NoAttributes> = {
  shape: (inputs, _attributes, name) => {
    const [x, positions] = inputs as [Value, Value];
    if (![3, 4].includes(x.shape.length) || positions.dtype !== 'int64') {
      throw shapeMismatch(name, inputs, '[B,H,T,D] or [B,T,H*D] and int64 positions [B,T] expected');
    }
    return { shape: x.shape, dtype: x.dtype };
  },
  gradient: ({ g }, node, dy) => {
    const [, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
    const back = g.apply('negate', [sin], {});
    return [g.apply('rotary', [dy, positions, cos, back], {}), undefined, undefined, undefined];
  },
  interpret: ([x, positions, cos, sin], _attributes, shape) => {
    const half = cos!.shape[1]!;
    const tokens = positions!.shape[1]!;
    return fillNd(shape, (index) => {
      const coordinates = coordinatesOf(index, shape);
      const [b, t] = [coordinates[0]!, coordinates.at(-2)!];
      const i = index % (2 * half);
      const angle = positions!.data[b * tokens + t]! * half + (i % half);
      const pair = i < half ? -x!.data[index + half]! : x!.data[index - half]!;
      return x!.data[index]! * cos!.data[angle]! + pair * sin!.data[angle]!;
    });
  },
  lower: (onnx, node) =>
    onnx.node('RotaryEmbedding', node.inputs.map(onnx.nameOf), {
      attributes: { interleaved: 0 },
      domain: 'com.microsoft',
      result: node.name,
    }),
};

/**
 * y = silu(gate) * up, silu(x) = x * sigmoid(x)          SwiGLU, arXiv:2002.05202, section 2
 *
 * With s = sigmoid(gate):
 *   dgate = dy * up * (s + gate * s * (1 - s))
 *   dup   = dy * gate * s
 *
 * The gradient computes s anew: kept from the forward pass, it and silu(gate) would be a fifth of the
 * memory of a training step.
 */
const swiGluRule: OpRule<NoAttributes> = {
  shape: (inputs, _attributes, name) => {
    const [gate, up] = inputs as [Value, Value];
    if (!sameShape(gate.shape, up.shape)) throw shapeMismatch(name, inputs, 'two of one shape expected');
    return { shape: gate.shape, dtype: gate.dtype };
  },
  gradient: ({ g, isWanted }, node, dy) => {
    const [gate, up] = node.inputs as [Value, Value];
    const s = g.apply('sigmoid', [gate], {});
    const silu = multiply(g, gate, s, 'silu');
    const slope = (): Value => add(g, s, multiply(g, silu, subtract(g, g.scalar(1), s)), 'slope');
    return [
      isWanted[0] ? multiply(g, multiply(g, dy, up), slope()) : undefined,
      isWanted[1] ? multiply(g, dy, silu) : undefined,
    ];
  },
  interpret: ([gate, up], _attributes, shape) =>
    fillNd(shape, (i) => (gate!.data[i]! / (1 + Math.exp(-gate!.data[i]!))) * up!.data[i]!),
  lower: (onnx, node) => {
    const [gate, up] = node.inputs.map(onnx.nameOf) as [string, string];
    const silu = onnx.node('QuickGelu', [gate], { domain: 'com.microsoft', attributes: { alpha: 1 } });
    return onnx.node('Mul', [silu, up], { result: node.name });
  },
};

export const networkRules = {
  softmax: softmaxRule,
  logSumExp: logSumExpRule,
  rmsNorm: rmsNormRule,
  rotary: rotaryRule,
  swiGlu: swiGluRule,
} as const;
