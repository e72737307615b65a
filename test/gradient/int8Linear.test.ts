import { describe, expect, it } from 'vitest';
import { interpretGraph } from '../../src/engine/graph/interpret.ts';
import type { GraphBuilder } from '../../src/engine/graph/graphBuilder.ts';
import type { Value } from '../../src/engine/graph/ir.ts';
import { expectClose, relativeDifference } from '../support/expectTensor.ts';
import { analyticGradients, feedsOf, normals, runOnnx, type TestTensor } from '../support/graphCase.ts';

const [rows, inner, out] = [3, 24, 16];
const integers = Array.from({ length: inner * out }, (_, i) => ((i * 37) % 255) - 127);
const scales = Array.from({ length: out }, (_, i) => 0.001 * (i + 1));
const x = normals(1, rows, inner);
const weights: readonly TestTensor[] = [
  { shape: [inner, out], data: integers, dtype: 'int8' },
  { shape: [out], data: scales },
];
const product = (g: GraphBuilder, inputs: readonly Value[]): Value => g.apply('int8Linear', inputs, {});

/** The same product with the weights as float32 and no rounding. */
function exactGradient(): number[] {
  const matrix: TestTensor = { shape: [inner, out], data: integers.map((w, i) => w * scales[i % out]!) };
  const graph = analyticGradients(
    [x, matrix],
    (g, inputs) => g.apply('gemm', inputs, { transposeA: false, transposeB: false }),
    [0],
  );
  return Array.from(interpretGraph(graph, { inputs: feedsOf([x, matrix]) })['d0']!.data);
}

/** Half a step of 127 on each of 16 terms leaves less than this of the whole. */
const roundingDifference = 0.01;
/** Between float64 and float32 a value may fall on the other side of a step. */
const stepDifference = 0.005;

describe('the gradient through an int8 product', () => {
  const tensors = [x, ...weights];
  const graph = analyticGradients(tensors, product, [0]);
  const inFloat64 = interpretGraph(graph, { inputs: feedsOf(tensors) })['d0']!;

  it('is that of the product without rounding, up to the rounding of its own rows', () => {
    expect(relativeDifference(Float32Array.from(inFloat64.data), exactGradient())).toBeLessThan(
      roundingDifference,
    );
  });

  it('is the same on ONNX Runtime', async () => {
    const actual = (await runOnnx(graph, tensors))['d0']!;
    expect(actual.dims).toEqual([rows, inner]);
    expect(relativeDifference(actual.data as Float32Array, inFloat64.data)).toBeLessThan(stepDifference);
  });

  it('is exactly zero in a row that nothing depends on', async () => {
    const masked = analyticGradients(
      [...tensors, { shape: [rows, 1], data: [1, 0, 1] }],
      (g, [a, w, scale, mask]) => g.apply('multiply', [product(g, [a!, w!, scale!]), mask!], {}),
      [0],
    );
    const feeds = [...tensors, { shape: [rows, 1], data: [1, 0, 1] }];
    const { data } = (await runOnnx(masked, feeds))['d0']!;
    expectClose((data as Float32Array).subarray(inner, 2 * inner), new Array<number>(inner).fill(0), 0);
  });

  it('asks for no gradient of the weights', () => {
    expect(() => analyticGradients(tensors, product, [2])).toThrow('int8 weights are frozen');
  });
});
