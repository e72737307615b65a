/**
 * What `check_adapter_export.py` looks at: an adapter and a reward model on a real model, exported in every
 * form, with the numbers that our own engine computes of them in float32.
 *
 *   node test/golden/exportAdapters.ts MODEL FOLDER
 *
 * Element i of factor s is 0.02 * sin(0.37 i + 1.3 s), as in `make_model_golden.py`; the score head is
 * 0.05 * sin(0.37 i).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { ensureModelFolder } from '../../src/engine/catalogue/ensureModelFolder.ts';
import type { ParameterLayout } from '../../src/engine/model/parameterLayout.ts';
import type { AdapterId } from '../../src/engine/policy.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { exportAdapter } from '../../src/trainer/adapters/exportAdapter.ts';
import { exportFormats } from '../../src/trainer/adapters/exportFormats.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { scalarLayout } from '../../src/trainer/graphs/scalarGraph.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { readModelGolden, type RealModel } from '../support/realModels.ts';
import { scoreRewards } from '../support/scoreRewards.ts';
import { tinyManifest } from '../trainer/adapterFixture.ts';

const [, , baseModelId = 'smollm2-135m', out = 'artifacts/adapters'] = argv;
const signal = new AbortController().signal;
const convert = { signal, onProgress: () => undefined };
const id = 'waves' as AdapterId;
mkdirSync(out, { recursive: true });

const base = await openModelFolder(await ensureModelFolder(baseModelId, convert));
const inFloat32 = { ...base, int8Weights: undefined };
const { lora } = defaultHyperparameters;
const model = trainedModel(inFloat32, lora);
const rewardModel = { ...model, layout: scalarLayout(base.config, lora) };
const theta = waves(model.layout);
const rewardTheta = waves(rewardModel.layout);

const store = new AdapterStore(join(out, 'store'));
const baseSha256 = await weightsFingerprint(base.weights.path);
await store.save({
  ...{ theta, layout: model.layout, peft: { alpha: lora.alpha, taskType: 'CAUSAL_LM' } },
  manifest: tinyManifest(id, { baseModelId, baseSha256 }),
  reward: { theta: rewardTheta, layout: rewardModel.layout },
});
for (const format of exportFormats) {
  const target = join(out, format === 'gguf' ? 'adapter.gguf' : format);
  await exportAdapter({ store, id, base, baseModelId, convert }, format, target);
}

const { prompts } = readModelGolden(baseModelId as RealModel);
const sequences = prompts.map(({ tokens, greedy }) => ({
  ...{ promptTokens: tokens, completionTokens: greedy, freeFrom: 0 },
}));
const sessions = new GraphSessions((graph) =>
  createOnnxSession(graph, [base.weights], { purpose: 'train', threads: 2 }),
);
const logProbs: number[][] = [];
const rewards: number[] = [];
for (const sequence of sequences) {
  const [scored] = await scoreLogProbs(sessions, { model, theta }, [sequence], 1);
  logProbs.push([...scored!]);
  rewards.push(...(await scoreRewards(sessions, { model: rewardModel, theta: rewardTheta }, [sequence])));
}
await sessions.dispose();

const ours = { baseSha256, sequences, logProbs, rewards };
writeFileSync(join(out, 'ours.json'), JSON.stringify(ours));

function waves({ slots, size }: ParameterLayout): Float32Array {
  const values = new Float32Array(size);
  slots.forEach(({ name, shape, offset }, slot) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    const isHead = name.endsWith('score.weight');
    for (let i = 0; i < count; i++)
      values[offset + i] = isHead ? 0.05 * Math.sin(0.37 * i) : 0.02 * Math.sin(0.37 * i + 1.3 * slot);
  });
  return values;
}
