import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import { modelFamilies } from '../../src/engine/weights/modelConfig.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { exportAdapter } from '../../src/trainer/adapters/exportAdapter.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { scalarLayout } from '../../src/trainer/graphs/scalarGraph.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { scoreRewards } from '../support/scoreRewards.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyManifest } from './adapterFixture.ts';

const golden = join(import.meta.dirname, '..', 'golden');

/** The check that `npm run golden check_adapter_export` makes of a real model; 1e-4 is its tolerance. */
const program = `
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import check_adapter_export
for folder in sys.argv[2:]:
    check_adapter_export.main(pathlib.Path(folder) / "base", pathlib.Path(folder))
print("true")
`;

/** An adapter with a reward model on a tiny model of a family, exported, with what our engine computes of both. */
async function exported(family: string): Promise<string> {
  const folder = temporaryFolder();
  cpSync(join(golden, `tiny-${family}`), join(folder, 'base'), { recursive: true });
  const base = { ...(await openModelFolder(join(folder, 'base'))), int8Weights: undefined };
  const { lora } = defaultHyperparameters;
  const model = trainedModel(base, lora);
  const rewardModel = { ...model, layout: scalarLayout(base.config, lora) };
  const random = RandomStream.named(1, 'adapters');
  const drawn = (size: number) => Float32Array.from({ length: size }, () => 0.1 * random.nextNormal());
  const [theta, rewardTheta] = [drawn(model.layout.size), drawn(rewardModel.layout.size)];
  const [store, id] = [new AdapterStore(join(folder, 'store')), 'drawn' as AdapterId];
  const baseSha256 = await weightsFingerprint(base.weights.path);
  await store.save({
    ...{ theta, layout: model.layout, peft: { alpha: lora.alpha, taskType: 'CAUSAL_LM' } },
    manifest: tinyManifest(id, { baseModelId: 'tiny', baseSha256 }),
    reward: { theta: rewardTheta, layout: rewardModel.layout },
  });
  const convert = { signal: new AbortController().signal, onProgress: () => undefined };
  for (const format of ['peft', 'merged'] as const)
    await exportAdapter({ store, id, base, baseModelId: 'tiny', convert }, format, join(folder, format));

  const tokens = (count: number) => Array.from({ length: count }, () => random.nextBelow(256));
  const sequences = [5, 9, 14].map((count) => ({
    ...{ promptTokens: tokens(count), completionTokens: tokens(count), freeFrom: 0 },
  }));
  const sessions = new GraphSessions((graph) =>
    createOnnxSession(graph, [base.weights], { purpose: 'train', threads: 1 }),
  );
  const [logProbs, rewards]: [number[][], number[]] = [[], []];
  for (const sequence of sequences) {
    const [scored] = await scoreLogProbs(sessions, { model, theta }, [sequence], 1);
    logProbs.push([...scored!]);
    rewards.push(...(await scoreRewards(sessions, { model: rewardModel, theta: rewardTheta }, [sequence])));
  }
  await sessions.dispose();
  writeFileSync(join(folder, 'ours.json'), JSON.stringify({ baseSha256, sequences, logProbs, rewards }));
  return folder;
}

it('PEFT and transformers load what is exported, and compute of it what our engine does', async () => {
  const folders = [];
  for (const family of modelFamilies) folders.push(await exported(family));
  expect(clusterPython(program, [golden, ...folders])).toBe(true);
});
