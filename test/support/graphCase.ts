import { appendBackward } from '../../src/engine/graph/backward.ts';
import { multiply, reshape, sum } from '../../src/engine/graph/build.ts';
import { GraphBuilder } from '../../src/engine/graph/graphBuilder.ts';
import { interpretGraph } from '../../src/engine/graph/interpret.ts';
import type { DType, Graph, Value } from '../../src/engine/graph/ir.ts';
import type { Nd } from '../../src/engine/graph/nd.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import type { Tensor } from '../../src/engine/runtime/session.ts';
import { RandomStream } from '../../src/engine/random.ts';

/** A tensor written down in a test. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly dtype?: DType;
}

/** A tensor of standard normal numbers from a seed. */
export function normals(seed: number, ...shape: number[]): TestTensor {
  const stream = RandomStream.named(seed, 'normals');
  const count = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: Array.from({ length: count }, () => stream.nextNormal()) };
}

/** Inputs `x0`, `x1`, ... of a new graph, and the graph that `build` makes of them. */
export function graphOf(
  tensors: readonly TestTensor[],
  build: (g: GraphBuilder, inputs: readonly Value[]) => Record<string, Value>,
): Graph {
  const g = new GraphBuilder();
  const inputs = tensors.map((tensor, i) => g.input(`x${i}`, tensor.shape, tensor.dtype));
  return g.finish(build(g, inputs));
}

/** A loss that gives every element of y another weight, so that no two gradients agree by chance. */
export function weightedSum(g: GraphBuilder, y: Value): Value {
  const count = y.shape.reduce<number>((product, dim) => product * (dim as number), 1);
  const weights = g.constant(
    'weights',
    y.shape,
    Array.from({ length: count }, (_, i) => Math.cos(i + 1)),
  );
  return reshape(
    g,
    sum(
      g,
      multiply(g, y, weights),
      y.shape.map((_, axis) => axis),
    ),
    [],
  );
}

export function feedsOf(tensors: readonly TestTensor[]): Record<string, Nd> {
  return Object.fromEntries(
    tensors.map(({ shape, data }, i) => [`x${i}`, { shape, data: Float64Array.from(data) }]),
  );
}

/** What ONNX Runtime computes for the same graph and numbers. */
export async function runOnnx(
  graph: Graph,
  tensors: readonly TestTensor[],
): Promise<Readonly<Record<string, Tensor>>> {
  const session = await createOnnxSession(graph, [], { purpose: 'serve', threads: 1 });
  const feeds = Object.fromEntries(tensors.map((tensor, i) => [`x${i}`, toTensor(tensor)]));
  const used = new Set(graph.nodes.map((node) => node.name));
  const results = await session.run(
    Object.fromEntries(Object.entries(feeds).filter(([name]) => used.has(name))),
  );
  await session.dispose();
  return results;
}

function toTensor({ shape, data, dtype = 'float32' }: TestTensor): Tensor {
  if (dtype === 'int64') return { dims: shape, data: BigInt64Array.from(data, BigInt) };
  if (dtype === 'uint8') return { dims: shape, data: Uint8Array.from(data) };
  if (dtype === 'int8') return { dims: shape, data: Int8Array.from(data) };
  return { dims: shape, data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) };
}

/** The gradients of `build`'s result, weighted by `weightedSum`, with respect to the chosen inputs. */
export function analyticGradients(
  tensors: readonly TestTensor[],
  build: (g: GraphBuilder, inputs: readonly Value[]) => Value,
  wrt: readonly number[],
): Graph {
  return graphOf(tensors, (g, inputs) => {
    const loss = weightedSum(g, build(g, inputs));
    const gradients = appendBackward(
      g,
      loss,
      wrt.map((i) => inputs[i]!),
    );
    return { loss, ...Object.fromEntries(gradients.map((gradient, i) => [`d${wrt[i]!}`, gradient])) };
  });
}

/** Central differences of the loss of a graph with respect to one input, in float64. */
export function centralDifferences(
  graph: Graph,
  tensors: readonly TestTensor[],
  input: number,
  step = 1e-5,
): number[] {
  const lossAt = (index: number, delta: number): number => {
    const moved = tensors.map((tensor, i) =>
      i === input ? { ...tensor, data: tensor.data.with(index, tensor.data[index]! + delta) } : tensor,
    );
    return interpretGraph(graph, { inputs: feedsOf(moved) })['loss']!.data[0]!;
  };
  return tensors[input]!.data.map((_, index) => (lossAt(index, step) - lossAt(index, -step)) / (2 * step));
}
