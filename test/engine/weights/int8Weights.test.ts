import { describe, expect, it } from 'vitest';
import { quantiseRows, type IntegerBits } from '../../../src/engine/weights/int8Weights.ts';

function quantised(
  rows: readonly number[][],
  chunkRows: number,
  bits: IntegerBits = 8,
): { integers: number[]; scales: number[] } {
  const [out, inner] = [rows.length, rows[0]!.length];
  const target = { inner, out, bits, integers: new Int8Array(inner * out), scales: new Float32Array(out) };
  for (let row = 0; row < out; row += chunkRows) {
    quantiseRows(Float32Array.from(rows.slice(row, row + chunkRows).flat()), row, target);
  }
  return { integers: Array.from(target.integers), scales: Array.from(target.scales) };
}

const rows = [
  [1.27, -0.6, 0],
  [0, 0, 0],
  [-2.54, 2.54, 0.02],
];

describe('quantiseRows', () => {
  it('writes each output as a column of integers up to 127, with its own scale', () => {
    const { integers, scales } = quantised(rows, 3);
    expect(integers).toEqual([127, 0, -127, -60, 0, 127, 0, 0, 1]);
    [0.01, 1, 0.02].forEach((scale, i) => expect(scales[i]).toBeCloseTo(scale, 6));
  });

  it('uses integers up to 63 for processors that take 7 bits', () => {
    const { integers, scales } = quantised(rows, 3, 7);
    expect(integers).toEqual([63, 0, -63, -30, 0, 63, 0, 0, 0]);
    [1.27 / 63, 1, 2.54 / 63].forEach((scale, i) => expect(scales[i]).toBeCloseTo(scale, 6));
  });

  it('rounds as Math.round does, halves too', () => {
    const halves = [127, ...Array.from({ length: 254 }, (_, i) => i / 2 - 63.5)];
    const { integers } = quantised([halves], 1);
    expect(integers).toEqual(halves.map((value) => Math.round(value) + 0));
  });

  it('gives the same however the rows come', () => {
    expect(quantised(rows, 1)).toEqual(quantised(rows, 3));
  });

  it('is off by half a step at most', () => {
    const { integers, scales } = quantised(rows, 2);
    rows.forEach((row, out) =>
      row.forEach((value, i) => {
        const restored = integers[i * rows.length + out]! * scales[out]!;
        expect(Math.abs(restored - value)).toBeLessThanOrEqual(scales[out]! / 2 + 1e-6);
      }),
    );
  });
});
