import { expect, it } from 'vitest';
import { interpretGraph } from '../../../src/engine/graph/interpret.ts';
import { policyLoss, valueLoss } from '../../../src/trainer/stages/ppoLoss.ts';
import { pairwiseLoss } from '../../../src/trainer/stages/preferenceLoss.ts';
import { mean } from '../../../src/trainer/gate/statistics.ts';
import { perRow as listsPerRow } from '../../../src/trainer/stages/scoring.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { tinyConfig, writeTinyModel } from '../../support/tinyModel.ts';
import { graphCases, setUp, toNd } from '../../support/trainingGraphs.ts';

/** What a training graph computes of its case in float64, and the numbers that it was given. */
async function computed(what: string) {
  const graphCase = graphCases.find((one) => one.what.startsWith(what))!;
  const { model, feeds } = setUp(graphCase, tinyConfig);
  const { values: weights } = await writeTinyModel();
  const inputs = toNd(feeds);
  const outputs = interpretGraph(graphCase.graphOf(model), { inputs, weights });
  const given = (name: string): Float64Array => inputs[name]!.data;
  return { loss: outputs['loss']!.data[0]!, outputs, given, rows: graphCase.batch.rowCount };
}

/** Their weights are all alike: one over how many tokens there are. */
const tokenCount = 5;

it('the clipped policy loss is that of the formula', async () => {
  const { loss, outputs, given } = await computed('clipped policy loss');
  const tokens = {
    logProbs: outputs['logProbs']!.data,
    oldLogProbs: given('oldLogProbs'),
    advantages: given('advantages'),
  };
  expectClose([loss], [policyLoss(tokens, 0.2, tokenCount).loss], 1e-7);
});

it('the clipped value loss is that of the formula, a value being the mean of the heads', async () => {
  const { loss, outputs, given, rows } = await computed('clipped value loss');
  const heads = listsPerRow(Float32Array.from(outputs['scalars']!.data), rows);
  expect(heads[0]).toHaveLength(2);
  const tokens = { values: heads.map(mean), oldValues: given('oldValues'), returns: given('returns') };
  expectClose([loss], [valueLoss(tokens, 0.2, tokenCount).loss], 1e-6);
});

it('the reward loss is the pairwise one of each head, by the weights of the heads', async () => {
  const { loss, outputs, given, rows } = await computed('reward loss');
  const scores = listsPerRow(Float32Array.from(outputs['scalars']!.data), rows);
  const settings = { labelSmoothing: 0.1, centring: 0.01 };
  const ofHeads = Array.from(
    given('headWeights'),
    (weight, head) =>
      weight *
      pairwiseLoss(
        scores.map((ofRow) => ofRow[head]!),
        [[0, 1]],
        settings,
      ).loss,
  );
  expectClose([loss], [ofHeads.reduce((sum, one) => sum + one, 0)], 1e-6);
});
