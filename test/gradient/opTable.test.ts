import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engine/errors.ts';
import type { GraphBuilder } from '../../src/engine/graph/graphBuilder.ts';
import { interpretGraph } from '../../src/engine/graph/interpret.ts';
import type { Value } from '../../src/engine/graph/ir.ts';
import { opTable } from '../../src/engine/graph/opTable.ts';
import type { OpName } from '../../src/engine/graph/ops/attributes.ts';
import { expectClose } from '../support/expectTensor.ts';
import {
  analyticGradients,
  centralDifferences,
  feedsOf,
  graphOf,
  normals,
  runOnnx,
  type TestTensor,
} from '../support/graphCase.ts';

/** Central differences in float64 with step 1e-5 leave about 1e-9 for functions of size one. */
const differenceTolerance = 1e-7;
/** float32 kernels against float64 on a handful of terms. */
const float32Tolerance = 2e-5;

interface OpCase {
  readonly what: string;
  readonly tensors: readonly TestTensor[];
  readonly attributes?: object;
  /** Inputs whose gradient is checked; all by default, none for flat operations. */
  readonly wrt?: readonly number[];
}

const row = (...data: number[]): TestTensor => ({ shape: [data.length], data });
const ints = (
  dtype: 'int8' | 'uint8' | 'int32' | 'int64',
  shape: readonly number[],
  ...data: number[]
): TestTensor => ({
  dtype,
  shape,
  data,
});
const positive = (seed: number, ...shape: number[]): TestTensor => {
  const { data } = normals(seed, ...shape);
  return { shape, data: data.map((x) => 0.5 + Math.abs(x)) };
};

const pairs = (attributes?: object): OpCase[] => [
  { what: 'equal shapes', tensors: [normals(1, 2, 3), positive(2, 2, 3)], ...withAttributes(attributes) },
  { what: 'a row over a matrix', tensors: [normals(3, 2, 3), positive(4, 3)], ...withAttributes(attributes) },
  {
    what: 'two stretched axes',
    tensors: [normals(5, 2, 1), positive(6, 1, 3)],
    ...withAttributes(attributes),
  },
  {
    what: 'a scalar',
    tensors: [normals(7, 2, 2), { shape: [], data: [1.5] }],
    ...withAttributes(attributes),
  },
];
const withAttributes = (attributes?: object): Partial<OpCase> =>
  attributes === undefined ? {} : { attributes };

const transposes = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
];
const matrix = (seed: number, isTransposed: boolean, rows: number, columns: number): TestTensor =>
  isTransposed ? normals(seed, columns, rows) : normals(seed, rows, columns);
const matrices = (seed: number, isTransposed: boolean, rows: number, columns: number): TestTensor =>
  isTransposed ? normals(seed, 2, columns, rows) : normals(seed, 2, rows, columns);

/** Angles of three positions for heads of four elements. */
const cosTable: TestTensor = { shape: [3, 2], data: [1, 1, 0.5403, 0.9999, -0.4161, 0.9998] };
const sinTable: TestTensor = { shape: [3, 2], data: [0, 0, 0.8415, 0.01, 0.9093, 0.02] };

/** Two query heads on one key-value head of 16 elements, the fewest that ONNX Runtime takes, room for four positions in the cache. */
const fourAngles = {
  shape: [4, 8],
  data: Array.from({ length: 32 }, (_, i) => Math.floor(i / 8) * 0.3 ** (i % 8)),
};
const cosOf = { shape: fourAngles.shape, data: fourAngles.data.map(Math.cos) };
const sinOf = { shape: fourAngles.shape, data: fourAngles.data.map(Math.sin) };
const attention = (what: string, texts: number, tokens: number, last: readonly number[]): OpCase => ({
  what,
  attributes: { headCount: 2, kvHeadCount: 1, scale: 0.3 },
  tensors: [
    normals(1, texts, tokens, 32),
    normals(2, texts, tokens, 16),
    normals(3, texts, tokens, 16),
    normals(4, texts, 1, 4, 16),
    normals(5, texts, 1, 4, 16),
    ints('int32', [texts], ...last),
    ints('int32', [], Math.max(...last) + 1),
    cosOf,
    sinOf,
  ],
  wrt: [],
});
const attentions = [
  attention('a prompt on an empty cache', 1, 3, [2]),
  attention('tokens behind cached ones, with room left', 1, 2, [2]),
  attention('one token that fills the cache', 1, 1, [3]),
  attention('two texts', 2, 1, [2, 2]),
];

const cases: { readonly [O in OpName]: readonly OpCase[] } = {
  add: pairs(),
  subtract: pairs(),
  multiply: pairs(),
  divide: pairs(),
  maximum: [...pairs(), { what: 'ties share', tensors: [row(1, 2, -1), row(1, -2, -1)] }],
  minimum: [...pairs(), { what: 'ties share', tensors: [row(1, 2, -1), row(1, -2, -1)] }],
  greater: [{ what: 'larger, smaller, tied', tensors: [row(1, 2, 3), row(2, 1, 3)], wrt: [] }],
  negate: [{ what: 'a matrix', tensors: [normals(1, 2, 3)] }],
  exp: [{ what: 'zero and both signs', tensors: [row(0, -2, 2.5)] }],
  sqrt: [{ what: 'below and above one', tensors: [row(0.2, 1, 3)] }],
  sigmoid: [{ what: 'zero, both signs, saturated', tensors: [row(0, -2, 2.5, -30, 30)] }],
  softplus: [{ what: 'zero, both signs, saturated', tensors: [row(0, -2, 2.5, -30, 30)] }],
  expand: [
    { what: 'a column', tensors: [normals(1, 2, 1)], attributes: { shape: [2, 3] } },
    { what: 'new axes', tensors: [normals(1, 3)], attributes: { shape: [2, 2, 3] } },
  ],
  gemm: transposes.flatMap((attributes): OpCase[] => {
    const a = matrix(1, attributes.transposeA, 2, 3);
    const b = matrix(2, attributes.transposeB, 3, 4);
    const what = JSON.stringify(attributes);
    return [
      { what, attributes, tensors: [a, b] },
      { what: `${what}, plus a row`, attributes, tensors: [a, b, normals(3, 4)] },
      { what: `${what}, plus a matrix`, attributes, tensors: [a, b, normals(3, 2, 4)] },
    ];
  }),
  batchMatMul: transposes.map((attributes) => ({
    what: JSON.stringify(attributes),
    attributes,
    tensors: [matrices(1, attributes.transposeA, 2, 3), matrices(2, attributes.transposeB, 3, 2)],
  })),
  sum: [
    { what: 'the last axis', tensors: [normals(1, 2, 3)], attributes: { axes: [1] } },
    { what: 'two axes', tensors: [normals(1, 2, 3, 2)], attributes: { axes: [0, 2] } },
  ],
  rowMax: [
    { what: 'both signs, one sign', tensors: [{ shape: [2, 3], data: [1, -2, 3, -4, -1, -2] }], wrt: [] },
  ],
  argMax: [
    {
      what: 'one largest, ties, the last',
      tensors: [{ shape: [3, 3], data: [-1, 2, 0, 0.5, 0.5, 0.5, -3, -2, -1] }],
      wrt: [],
    },
  ],
  reshape: [{ what: 'a matrix', tensors: [normals(1, 2, 6)], attributes: { shape: [3, 2, 2] } }],
  transpose: [
    { what: 'two axes', tensors: [normals(1, 2, 3)], attributes: { permutation: [1, 0] } },
    { what: 'a cycle of three', tensors: [normals(1, 2, 3, 4)], attributes: { permutation: [2, 0, 1] } },
  ],
  slice: [
    { what: 'the middle of a row', tensors: [normals(1, 5)], attributes: { axis: 0, start: 1, end: 4 } },
    { what: 'the last axis', tensors: [normals(1, 2, 4)], attributes: { axis: 1, start: 2, end: 4 } },
  ],
  pad: [
    { what: 'both ends', tensors: [normals(1, 3)], attributes: { axis: 0, before: 1, behind: 2 } },
    { what: 'the last axis', tensors: [normals(1, 2, 2)], attributes: { axis: 1, before: 0, behind: 1 } },
  ],
  concat: [
    { what: 'rows', tensors: [normals(1, 2), normals(2, 3)], attributes: { axis: 0 } },
    { what: 'the last axis', tensors: [normals(1, 2, 1), normals(2, 2, 2)], attributes: { axis: 1 } },
  ],
  gatherRows: [
    {
      what: 'rows taken twice and never',
      tensors: [normals(1, 4, 3), ints('int32', [3], 2, 0, 2)],
      wrt: [0],
    },
    {
      what: 'rows with axes of their own',
      tensors: [normals(1, 2, 2, 3), ints('int32', [3], 1, 0, 1)],
      wrt: [],
    },
  ],
  scatterRows: [
    {
      what: 'two rows meet',
      tensors: [ints('int32', [3], 2, 0, 2), normals(1, 3, 2)],
      attributes: { rowCount: 4 },
      wrt: [1],
    },
  ],
  softmax: [{ what: 'rows, one of them flat', tensors: [{ shape: [2, 3], data: [1, -2, 0.5, 0, 0, 0] }] }],
  logSumExp: [
    { what: 'rows, one of them large', tensors: [{ shape: [2, 3], data: [1, -2, 0.5, 80, 81, 79] }] },
  ],
  rmsNorm: [
    { what: 'rows', tensors: [normals(1, 3, 4), normals(2, 4)], attributes: { epsilon: 1e-5 } },
    { what: 'small rows', tensors: [row(0, 0.2, -0.1, 0), normals(2, 4)], attributes: { epsilon: 1e-2 } },
  ],
  int8Linear: [
    {
      what: 'rows of different sizes, one of them zero',
      tensors: [
        { shape: [3, 4], data: [1, -0.51, 0.26, 0.1, -300, 90, 211, -61, 0, 0, 0, 0] },
        ints('int8', [4, 3], 127, -5, 3, -20, 64, 9, 33, 0, -127, 1, 2, 90),
        row(0.01, 0.02, 0.005),
      ],
      wrt: [],
    },
  ],
  int4MatMul: [
    {
      what: 'a block and a part of one',
      tensors: [
        normals(1, 3, 40),
        ints('uint8', [2, 2, 16], ...Array.from({ length: 64 }, (_, i) => (i * 37 + 11) % 256)),
        { shape: [2, 2], data: [0.1, -0.2, 0.05, 0.3] },
      ],
      wrt: [],
    },
  ],
  groupQueryAttention: attentions,
  presentKeys: attentions,
  presentValues: attentions,
  swiGlu: [
    {
      what: 'zero, both signs, saturated',
      tensors: [row(0, -2, 2.5, -30, 30), row(1, -1, 0.5, 2, -3)],
    },
  ],
  rotary: [
    {
      what: 'positions out of order',
      tensors: [normals(1, 1, 2, 3, 4), ints('int64', [1, 3], 2, 0, 1), cosTable, sinTable],
      wrt: [0],
    },
    {
      what: 'heads side by side',
      tensors: [normals(1, 2, 3, 8), ints('int64', [2, 3], 2, 0, 1, 1, 2, 0), cosTable, sinTable],
      wrt: [0],
    },
  ],
};

/** Operations whose result moves in steps: central differences say nothing of them. `int8Linear.test.ts` has the second. */
const steps = new Set<OpName>(['greater', 'int8Linear']);

const doNotBroadcast: readonly OpCase[] = [
  { what: 'sizes that do not broadcast', tensors: [normals(1, 2, 3), normals(2, 2)] },
];

const refusals: { readonly [O in OpName]: readonly OpCase[] } = {
  add: doNotBroadcast,
  subtract: doNotBroadcast,
  multiply: doNotBroadcast,
  divide: doNotBroadcast,
  maximum: doNotBroadcast,
  minimum: doNotBroadcast,
  greater: doNotBroadcast,
  negate: [],
  exp: [],
  sqrt: [],
  sigmoid: [],
  softplus: [],
  softmax: [],
  logSumExp: [],
  expand: [],
  gemm: [
    { what: 'inner sizes', attributes: transposes[0]!, tensors: [normals(1, 2, 3), normals(2, 2, 3)] },
    { what: 'three axes', attributes: transposes[0]!, tensors: [normals(1, 1, 2, 3), normals(2, 3, 2)] },
  ],
  batchMatMul: [
    { what: 'leading axes', attributes: transposes[0]!, tensors: [normals(1, 2, 2, 3), normals(2, 3, 3, 2)] },
  ],
  sum: [{ what: 'no such axis', tensors: [normals(1, 2)], attributes: { axes: [5] } }],
  rowMax: [],
  argMax: [],
  reshape: [{ what: 'another count', tensors: [normals(1, 2, 3)], attributes: { shape: [5] } }],
  transpose: [{ what: 'no such axis', tensors: [normals(1, 2)], attributes: { permutation: [3] } }],
  slice: [{ what: 'no such axis', tensors: [normals(1, 2)], attributes: { axis: 4, start: 0, end: 1 } }],
  pad: [{ what: 'no such axis', tensors: [normals(1, 2)], attributes: { axis: 4, before: 0, behind: 1 } }],
  concat: [{ what: 'other sizes', tensors: [normals(1, 2, 2), normals(2, 3, 2)], attributes: { axis: 1 } }],
  gatherRows: [],
  scatterRows: [
    { what: 'no rows', tensors: [ints('int32', [1], 0), normals(1, 3)], attributes: { rowCount: 2 } },
  ],
  int8Linear: [
    { what: 'float weights', tensors: [normals(1, 2, 4), normals(2, 4, 3), row(1, 1, 1)] },
    { what: 'other scales', tensors: [normals(1, 2, 2), ints('int8', [2, 3], 1, 2, 3, 4, 5, 6), row(1, 1)] },
  ],
  int4MatMul: [
    {
      what: 'too few blocks',
      tensors: [
        normals(1, 3, 40),
        ints('uint8', [1, 1, 16], ...new Array<number>(16).fill(0)),
        normals(1, 1, 1),
      ],
    },
  ],
  groupQueryAttention: [
    {
      ...attentions[0]!,
      what: 'more heads than there are',
      attributes: { headCount: 3, kvHeadCount: 1, scale: 1 },
    },
  ],
  presentKeys: [],
  presentValues: [],
  rmsNorm: [{ what: 'weights', tensors: [normals(1, 2, 3), normals(2, 2)], attributes: { epsilon: 1e-5 } }],
  swiGlu: [{ what: 'another shape', tensors: [normals(1, 2, 3), normals(2, 3)] }],
  rotary: [
    { what: 'positions as floats', tensors: [normals(1, 1, 1, 3, 4), normals(2, 1, 3), cosTable, sinTable] },
  ],
};

const buildCase =
  (op: OpName, opCase: OpCase) =>
  (g: GraphBuilder, inputs: readonly Value[]): Value =>
    isPresent(op)
      ? presentOf(g, op, inputs, opCase)
      : g.apply(op, inputs, (opCase.attributes ?? {}) as never);

/** The grown caches are further results of an attention, so their cases are its cases. */
function isPresent(op: OpName): op is 'presentKeys' | 'presentValues' {
  return op === 'presentKeys' || op === 'presentValues';
}

function presentOf(
  g: GraphBuilder,
  op: 'presentKeys' | 'presentValues',
  inputs: readonly Value[],
  opCase: OpCase,
): Value {
  const [, keys, values, pastKeys, pastValues, last, , cos, sin] = inputs as Value[];
  const attended = g.apply('groupQueryAttention', inputs, opCase.attributes as never);
  return op === 'presentKeys'
    ? g.apply(op, [attended, keys!, pastKeys!, last!, cos!, sin!], {})
    : g.apply(op, [attended, values!, pastValues!, last!], {});
}

const opNames = Object.keys(opTable) as OpName[];

describe.each(opNames)('%s', (op) => {
  it('has a case', () => expect(cases[op].length).toBeGreaterThan(0));

  it.each(cases[op])('computes on ONNX Runtime what it means in float64: $what', async (opCase) => {
    const graph = graphOf(opCase.tensors, (g, inputs) => ({ y: buildCase(op, opCase)(g, inputs) }));
    const expected = interpretGraph(graph, { inputs: feedsOf(opCase.tensors) })['y']!;
    const actual = (await runOnnx(graph, opCase.tensors))['y']!;
    expect(actual.dims).toEqual(expected.shape);
    expectClose(actual.data as Float32Array, expected.data, float32Tolerance);
  });

  const smooth = cases[op].filter(({ wrt }) => wrt?.length !== 0);
  it('has a gradient case if it has a gradient', () => {
    expect(smooth.length > 0).toBe(opTable[op].gradient !== undefined && !steps.has(op));
  });

  it.each(smooth)('has the gradient that central differences show: $what', async (opCase) => {
    const wrt = opCase.wrt ?? opCase.tensors.map((_, i) => i);
    const graph = analyticGradients(opCase.tensors, buildCase(op, opCase), wrt);
    const exact = interpretGraph(graph, { inputs: feedsOf(opCase.tensors) });
    const onnx = await runOnnx(graph, opCase.tensors);
    for (const input of wrt) {
      const measured = centralDifferences(graph, opCase.tensors, input);
      expectClose(exact[`d${input}`]!.data, measured, differenceTolerance);
      expectClose(onnx[`d${input}`]!.data as Float32Array, measured, float32Tolerance);
    }
  });

  if (refusals[op].length > 0) {
    it.each(refusals[op])('refuses, naming the node: $what', (opCase) => {
      const build = (): unknown =>
        graphOf(opCase.tensors, (g, inputs) => ({ y: buildCase(op, opCase)(g, inputs) }));
      expect(build).toThrow(EngineError);
      expect(build).toThrow(/^[a-zA-Z0-9]+: inputs \[/);
    });
  }
});
