import { fillNd, type Nd } from '../nd.ts';
import type { NoAttributes } from './attributes.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch, withDim } from './shapeRules.ts';

/** Neighbouring weights of one row that share a scale. */
export const int4Block = 32;
/** The four bits 0 to 15 mean -8 to 7. */
export const int4Zero = 8;

/**
 * x [N,In] · w^T for 4-bit weights: ONNX Runtime's MatMulNBits. `packed` [Out,blocks,16] holds two
 * weights a byte, the first in the low half, and `scale` [Out,blocks] one number per block of 32; the
 * last block of a row is filled up with zeros.
 *
 *   w[out,in] = (bits[out,in] - 8) * scale[out, in / 32]
 *
 * The activations stay float32, unlike those of `int8Linear`.
 */
const int4MatMulRule: OpRule<NoAttributes> = {
  shape: (inputs, _attributes, name) => {
    const [x, packed, scale] = inputs;
    const inner = dimAt(x!, -1);
    const blocks = typeof inner === 'number' ? Math.ceil(inner / int4Block) : undefined;
    const fits =
      packed!.dtype === 'uint8' &&
      packed!.shape.slice(1).join() === [blocks, int4Block / 2].join() &&
      scale!.shape.join() === [dimAt(packed!, 0), blocks].join();
    if (!fits) throw shapeMismatch(name, inputs, '[N,In], uint8 [Out,In/32,16] and [Out,In/32] expected');
    return { shape: withDim(x!, -1, dimAt(packed!, 0)), dtype: x!.dtype };
  },
  interpret: ([x, packed, scale], _attributes, shape) => {
    const inner = x!.shape.at(-1)!;
    const columns = shape.at(-1)!;
    return fillNd(shape, (index) => {
      const row = Math.floor(index / columns);
      const column = index % columns;
      let total = 0;
      for (let i = 0; i < inner; i++)
        total += x!.data[row * inner + i]! * weightAt(packed!, scale!, column, i);
      return total;
    });
  },
  lower: (onnx, node) => {
    const [x, packed] = node.inputs;
    return onnx.node('MatMulNBits', node.inputs.map(onnx.nameOf), {
      attributes: {
        K: dimAt(x!, -1),
        N: dimAt(packed!, 0),
        bits: 4,
        block_size: int4Block,
        // 1: computed in float32.
        accuracy_level: 1,
      },
      domain: 'com.microsoft',
      result: node.name,
    });
  },
};

function weightAt(packed: Nd, scale: Nd, row: number, column: number): number {
  const blocks = scale.shape[1]!;
  const index = row * blocks * int4Block + column;
  const byte = packed.data[index >> 1]!;
  const bits = index % 2 === 0 ? byte & 15 : byte >> 4;
  return (bits - int4Zero) * scale.data[row * blocks + Math.floor(column / int4Block)]!;
}

export const int4Rules = { int4MatMul: int4MatMulRule } as const;
