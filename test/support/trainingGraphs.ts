import type { Nd } from '../../src/engine/graph/nd.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { loraLayout } from '../../src/engine/model/lora.ts';
import { floatTensor, type Tensor } from '../../src/engine/runtime/session.ts';
import type { ModelConfig } from '../../src/engine/weights/modelConfig.ts';
import type { GraphOf } from '../../src/trainer/graphs/graphSessions.ts';
import { clippedPolicyGraph, logProbGraph, supervisedGraph } from '../../src/trainer/graphs/policyGraph.ts';
import {
  clippedValueGraph,
  rewardGraph,
  scalarGraph,
  scalarLayout,
} from '../../src/trainer/graphs/scalarGraph.ts';
import {
  lastTokenBatch,
  tokenBatch,
  tokenRows,
  type SequenceBatch,
} from '../../src/trainer/graphs/sequenceBatch.ts';
import type { TrainedModel } from '../../src/trainer/graphs/trainingInputs.ts';

export const lora = { rank: 2, alpha: 4 };
export const sequences = [
  { promptTokens: [3, 1, 4], completionTokens: [1, 5, 9, 2], freeFrom: 1 },
  { promptTokens: [6, 5], completionTokens: [3, 5], freeFrom: 0 },
];

export const normals = (seed: number, count: number, deviation = 1): Float32Array => {
  const stream = RandomStream.named(seed, 'values');
  return Float32Array.from({ length: count }, () => stream.nextNormal() * deviation);
};

/** A training graph, and a batch for it. */
export interface GraphCase {
  readonly what: string;
  /** Scalar heads of what is computed; 0 for a policy. */
  readonly heads: number;
  readonly batch: SequenceBatch;
  readonly graphOf: GraphOf;
  readonly inputs: (rows: number) => Record<string, Tensor>;
}

export const perRow = (...values: number[]): Tensor => floatTensor(values);
export const temperature = floatTensor([1 / 0.7], []);

/** Every graph that stages train by. */
export const graphCases: readonly GraphCase[] = [
  {
    what: 'log-probabilities',
    heads: 0,
    batch: tokenBatch(sequences),
    graphOf: logProbGraph,
    inputs: () => ({ inverseTemperature: temperature }),
  },
  {
    what: 'supervised loss',
    heads: 0,
    batch: tokenBatch(sequences),
    graphOf: supervisedGraph,
    inputs: () => ({ inverseTemperature: temperature, weights: perRow(0.2, 0.3, 0.1, 0.2, 0.2) }),
  },
  {
    what: 'clipped policy loss, every branch of the clip',
    heads: 0,
    batch: tokenBatch(sequences),
    graphOf: (model) => clippedPolicyGraph(model, 0.2),
    inputs: () => ({
      inverseTemperature: temperature,
      weights: perRow(0.2, 0.2, 0.2, 0.2, 0.2),
      oldLogProbs: perRow(-1, -6, -3, -4, -2.5),
      advantages: perRow(1, -1, 0.5, 1, -2),
    }),
  },
  {
    what: 'scalars',
    heads: 1,
    batch: lastTokenBatch(sequences),
    graphOf: scalarGraph,
    inputs: () => ({}),
  },
  {
    what: 'reward loss of a pair, by three heads',
    heads: 3,
    batch: lastTokenBatch(sequences),
    graphOf: (model) => rewardGraph(model, 0.01),
    inputs: (rows) => {
      const weights = new Float32Array(rows * rows);
      weights[1] = 0.9;
      weights[rows] = 0.1;
      return { pairWeights: floatTensor(weights, [rows, rows]), headWeights: perRow(0.2, 0.5, 0.3) };
    },
  },
  {
    what: 'clipped value loss, of two heads',
    heads: 2,
    batch: tokenRows(sequences),
    graphOf: (model) => clippedValueGraph(model, 0.2),
    inputs: () => ({
      weights: perRow(0.2, 0.2, 0.2, 0.2, 0.2),
      oldValues: perRow(0.1, -2, 3, 0.4, -0.2),
      returns: perRow(1, -1, 2.5, 1, -2),
    }),
  },
];

/** Those with a loss, whose graphs hold those of the others. */
export const lossCases = graphCases.filter(({ what }) => what.includes('loss'));

/** What a case is computed with for a small model: parameters, graph's inputs. */
export function setUp(
  { heads, batch, inputs }: GraphCase,
  config: ModelConfig,
): { readonly model: TrainedModel; readonly theta: Float32Array; readonly feeds: Record<string, Tensor> } {
  const layout = heads > 0 ? scalarLayout(config, lora, heads) : loraLayout(config, lora);
  const theta = normals(7, layout.size, 0.3);
  const ofTheta = { theta: floatTensor(theta), promptTheta: floatTensor(theta) };
  return {
    model: { config, lora, layout, precision: 'float32' },
    theta,
    feeds: { ...batch.feeds, ...inputs(batch.rowCount), ...ofTheta },
  };
}

/** Tensors as the float64 interpreter takes them. */
export function toNd(feeds: Readonly<Record<string, Tensor>>): Record<string, Nd> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dims, data }]) => [
      name,
      { shape: dims, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) },
    ]),
  );
}
