import { describe, expect, it } from 'vitest';
import { interpretGraph } from '../../../src/engine/graph/interpret.ts';
import type { Nd } from '../../../src/engine/graph/nd.ts';
import { loraLayout } from '../../../src/engine/model/lora.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import { floatTensor, type Tensor } from '../../../src/engine/runtime/session.ts';
import { supervisedGraph } from '../../../src/trainer/graphs/policyGraph.ts';
import { tokenBatch } from '../../../src/trainer/graphs/sequenceBatch.ts';
import { expectClose, relativeDifference } from '../../support/expectTensor.ts';
import { tinyConfig, writeTinyModel } from '../../support/tinyModel.ts';
import {
  graphCases,
  lora,
  normals,
  perRow,
  sequences,
  setUp,
  temperature,
  toNd,
} from '../../support/trainingGraphs.ts';

/** float32 against float64 through two layers. */
const forwardTolerance = 2e-5;
const gradientTolerance = 1e-4;
/** Central differences of a float64 loss along one direction, step 1e-5. */
const differenceTolerance = 1e-6;

describe.each(graphCases)('$what', (graphCase) => {
  const { model, theta, feeds } = setUp(graphCase, tinyConfig);
  const graph = graphCase.graphOf(model);

  it('agrees with the float64 interpreter, gradient included', async () => {
    const tiny = await writeTinyModel();
    const session = await createOnnxSession(graph, [tiny.weights], { purpose: 'train', threads: 1 });
    const actual = await session.run(feeds);
    await session.dispose();
    const expected = interpretGraph(graph, { inputs: toNd(feeds), weights: tiny.values });
    for (const { name } of graph.outputs) {
      const values = actual[name]!.data as Float32Array;
      if (name !== 'gradient') expectClose(values, expected[name]!.data, forwardTolerance);
      else expect(relativeDifference(values, expected[name]!.data)).toBeLessThan(gradientTolerance);
    }
  });

  if (graph.outputs.some(({ name }) => name === 'gradient')) {
    it('has the gradient that central differences show along random directions', async () => {
      const tiny = await writeTinyModel();
      const run = (at: Float64Array): Record<string, Nd> =>
        interpretGraph(graph, {
          inputs: { ...toNd(feeds), theta: { shape: [at.length], data: at } },
          weights: tiny.values,
        });
      const center = Float64Array.from(theta);
      const gradient = run(center)['gradient']!.data;
      for (const seed of [1, 2]) {
        const direction = normals(seed, model.layout.size);
        const step = 1e-5;
        const lossAt = (sign: number): number =>
          run(center.map((value, i) => value + sign * step * direction[i]!))['loss']!.data[0]!;
        const measured = (lossAt(1) - lossAt(-1)) / (2 * step);
        const analytic = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
        expectClose([analytic], [measured], differenceTolerance);
      }
    });
  }
});

it('reads the prompt with parameters that no gradient goes through', async () => {
  const tiny = await writeTinyModel();
  const layout = loraLayout(tinyConfig, lora);
  const graph = supervisedGraph({ config: tinyConfig, lora, layout, precision: 'float32' });
  const theta = floatTensor(normals(7, layout.size, 0.3));
  const lossOf = (promptTheta: Tensor): number => {
    const weights = perRow(0.2, 0.3, 0.1, 0.2, 0.2);
    const feeds = {
      ...tokenBatch(sequences).feeds,
      inverseTemperature: temperature,
      weights,
      theta,
      promptTheta,
    };
    return interpretGraph(graph, { inputs: toNd(feeds), weights: tiny.values })['loss']!.data[0]!;
  };
  // With theta held, and its gradient that of theta alone (above), what this changes is left out of it.
  expect(lossOf(floatTensor(normals(8, layout.size, 0.3)))).not.toBeCloseTo(lossOf(theta), 3);
});
