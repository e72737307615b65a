import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { loadServedPolicy } from '../../../src/engine/generation/servedPolicy.ts';
import { freshLora } from '../../../src/engine/model/lora.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { AdapterStore } from '../../../src/trainer/adapters/adapterStore.ts';
import { buildExamples, type FeedbackRecords } from '../../../src/trainer/data/dataset.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { passGate } from '../../../src/trainer/gate/gate.ts';
import { trainedModel } from '../../../src/trainer/graphs/trainingInputs.ts';
import { answerHeldOut } from '../../../src/trainer/gate/heldOutEvaluation.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { RetrainRun } from '../../../src/trainer/retrainRun.ts';
import type { RetrainContext } from '../../../src/trainer/retrainTask.ts';
import { loadStoredAdapter } from '../../../src/trainer/adapters/storedAdapter.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { askedAt, completion, demonstration, recordsOf, refusedFor } from '../feedbackRecords.ts';

const { signal } = new AbortController();
const limits = { maxPromptTokens: 32, maxNewTokens: 8 };
const convert = { signal, onProgress: () => undefined };

it('lets the weights before serve with a silence where new ones are no better with theirs', async () => {
  const folder = temporaryFolder();
  // Of what a random model writes nothing is likely enough to be shown.
  const base = await openModelFolder(await writeTinyModelFolder(1, undefined, 16));
  const records = await workOfWhatIsSure(base);
  const adapters = new AdapterStore(join(folder, 'adapters'));
  const context = await contextOf(base, { records, adapters, checkpointFolder: join(folder, 'checkpoint') });
  // Other numbers that change nothing: both sides write the same.
  const theta = freshLora(context.model.layout, RandomStream.named(9, 'other'));
  const { manifest } = await passGate(context, { serving: undefined, theta });
  await context.run.dispose();

  expect(manifest.verdict).toMatchObject({ promoted: true, isSilenceAlone: true });
  // Both write the same, so both learn the same.
  expect(manifest.candidateCalibrations).toEqual({
    before: manifest.calibration,
    after: manifest.calibration,
  });
  expect(manifest.silence!.sparedChars).toBeGreaterThan(0);
  const serving = await adapters.serving();
  expect(serving.adapterId).toBe(manifest.adapterId);
  const kept = await loadStoredAdapter(adapters, manifest.adapterId, { base, baseModelId: 'tiny' });
  expect(kept.calibration).toEqual(manifest.calibration);
  // Of the weights that were asked for nothing is left, and the ones that are kept can be trained on.
  expect(kept.theta).toEqual(freshLora(context.model.layout, RandomStream.named(1, 'lora')));
  expect(await adapters.learnedFrom(manifest.adapterId)).toEqual([]);
});

it('keeps nothing of a run whose records were all forgotten while it went on', async () => {
  const folder = temporaryFolder();
  const base = await openModelFolder(await writeTinyModelFolder(1, undefined, 16));
  const demonstrations = Array.from({ length: 20 }, (_, i) =>
    demonstration(askedAt(`b${i} = █\n`, i, `file:///${i}.ts`), 'x'),
  );
  let stored = recordsOf({ demonstrations });
  const records = { ...stored, find: (id: string) => stored.find(id) };
  const adapters = new AdapterStore(join(folder, 'adapters'));
  const context = await contextOf(base, { records, adapters, checkpointFolder: join(folder, 'checkpoint') });
  const theta = freshLora(context.model.layout, RandomStream.named(9, 'other'));
  stored = recordsOf({});
  const passing = passGate(context, { serving: undefined, theta });
  await expect(passing).rejects.toMatchObject({ reason: 'allForgotten' });
  await context.run.dispose();
  expect(await adapters.list()).toEqual([]);
});

/** Work in which the policy's surest answers were right, and all others wrong. */
async function workOfWhatIsSure(base: Parameters<typeof loadServedPolicy>[0]): Promise<FeedbackRecords> {
  const id = policyIdOf('tiny', undefined);
  const policy = await loadServedPolicy(base, { id, adapter: undefined, threads: 1, convert });
  const answers = [];
  for (let i = 0; i < 160; i++) {
    const asked = askedAt(`b${i} = █\n`, i, `file:///${i % 8}.ts`);
    const place = { demonstration: demonstrationOfText(demonstration(asked, 'x'))!, written: 'x' };
    const { text, ends } = await answerHeldOut(policy, place, limits, signal);
    if (text.trim() !== '') answers.push({ i, asked, text, logProb: ends.at(-1)!.logProb });
  }
  await policy.dispose();
  const surest = answers.toSorted((a, b) => b.logProb - a.logProb).slice(0, answers.length / 5);
  const completions = answers.map((answer) => {
    const text = surest.includes(answer) ? answer.text : `§${answer.i}`;
    return completion(answer.asked, 'wrong', {
      ...refusedFor(text),
      id: `c${answer.i}` as CompletionId,
    });
  });
  return recordsOf({ completions });
}

async function contextOf(
  base: Parameters<typeof loadServedPolicy>[0],
  parts: Pick<RetrainContext['task'], 'records' | 'adapters' | 'checkpointFolder'>,
): Promise<RetrainContext> {
  const hyperparameters = hyperparametersSchema.parse({ lora: { rank: 2, alpha: 4 }, heldOutShare: 0.9 });
  const hooks = {
    ...{ signal, onProgress: () => undefined, nowMs: Date.now, passedMs: () => performance.now() },
    waitForTurn: () => Promise.resolve(),
  };
  const shared = { base, threads: 1, seed: 1 };
  const task = { ...shared, ...parts, baseModelId: 'tiny', sourceFiles: [], hyperparameters, limits };
  const settings = { heldOutShare: hyperparameters.heldOutShare, maxWindows: 0, seed: 1 };
  return {
    ...{ task, hooks },
    examples: buildExamples(parts.records, [], settings),
    model: trainedModel(base, hyperparameters.lora),
    run: await RetrainRun.open({ ...shared, folder: parts.checkpointFolder, jobKey: 'gate' }, hooks),
  };
}
