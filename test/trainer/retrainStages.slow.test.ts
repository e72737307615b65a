import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshLora } from '../../src/engine/model/lora.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import type { SourceFile } from '../../src/trainer/data/codeWindows.ts';
import { buildExamples, type FeedbackRecords } from '../../src/trainer/data/dataset.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { mixed } from '../../src/trainer/adapters/mixed.ts';
import { RetrainRun } from '../../src/trainer/retrainRun.ts';
import { trainStages } from '../../src/trainer/retrainStages.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { askedAt, completion, demonstration, recordsOf, refusedFor } from './feedbackRecords.ts';

const hooks = {
  ...{
    signal: new AbortController().signal,
    onProgress: () => undefined,
    nowMs: Date.now,
    passedMs: () => performance.now(),
  },
  waitForTurn: () => Promise.resolve(),
};

/** What SFT leaves of some demonstrations and files, and what it began with. */
function sftWith(mixing: number, sourceFiles: readonly SourceFile[] = []) {
  const demonstrations = Array.from({ length: 24 }, (_, i) =>
    demonstration(askedAt(`b${i} = █\n`, i, `file:///${i % 8}.ts`), `value${i}();`),
  );
  return train(recordsOf({ demonstrations }), { sft: { mixing } }, sourceFiles);
}

/** What the stages leave of some records and files, what they began with, and what they report. */
async function train(records: FeedbackRecords, changes: object, sourceFiles: readonly SourceFile[] = []) {
  const folder = temporaryFolder();
  const base = await openModelFolder(await writeTinyModelFolder());
  const hyperparameters = hyperparametersSchema.parse({ lora: { rank: 2, alpha: 4 }, ...changes });
  const limits = { maxPromptTokens: 32, maxNewTokens: 8 };
  const shared = { base, threads: 1, seed: 1 };
  const adapters = new AdapterStore(join(folder, 'adapters'));
  const parts = { records, adapters, hyperparameters, limits, checkpointFolder: join(folder, 'checkpoint') };
  const task = { ...shared, ...parts, baseModelId: 'tiny', sourceFiles };
  const model = trainedModel(base, hyperparameters.lora);
  const { timeBudgetMs } = hyperparameters;
  const run = await RetrainRun.open(
    { ...shared, folder: task.checkpointFolder, jobKey: 'sft', timeBudgetMs },
    hooks,
  );
  const begin = freshLora(model.layout, RandomStream.named(1, 'lora'));
  const examples = buildExamples(records, sourceFiles, { ...hyperparameters, maxWindows: 8, seed: 1 });
  const { sft } = await trainStages({ task, hooks, examples, model, run }, begin);
  const { reports } = run;
  await run.dispose();
  return { begin, sft, reports };
}

it('takes of the way that fine-tuning went as much as it is told, half where nothing is said', async () => {
  const [none, all] = [await sftWith(0), await sftWith(1)];
  expect(none.sft).toEqual(none.begin);
  expect(all.sft).not.toEqual(all.begin);
  const { mixing } = hyperparametersSchema.parse({}).sft;
  expect((await sftWith(mixing)).sft).toEqual(mixed(all.begin, all.sft, 0.5));
});

it('learns from the files of the workspace as well', async () => {
  const languageId = 'typescript';
  const file = {
    documentUri: 'file:///other.ts',
    path: 'other.ts',
    languageId,
    text: 'const total = count(items);\n'.repeat(8),
  };
  const [without, withFile] = [await sftWith(1), await sftWith(1, [file])];
  expect(withFile.begin).toEqual(without.begin);
  expect(withFile.sft).not.toEqual(without.sft);
});

describe('the reward model', () => {
  const completions = Array.from({ length: 12 }, (_, i) =>
    completion(askedAt(`b${i} = █\n`, i, `file:///${i % 8}.ts`), `value${i}();`, refusedFor(`other${i}();`)),
  );
  const rewardWith = async (changes: object) => {
    const { reports } = await train(recordsOf({ completions }), { heldOutShare: 0.5, ...changes });
    return reports.find(({ name }) => name === 'reward')!;
  };

  it('is tested on no more prompts than it learns from', async () => {
    const [all, few] = [await rewardWith({}), await rewardWith({ reward: { maxPrompts: 2 } })];
    expect([all.metrics['heldOutPrompts'], few.metrics['heldOutPrompts']]).toEqual([6, 2]);
  });

  it('says that there was no time to train it', async () => {
    const { steps, stopReason } = await rewardWith({ timeBudgetMs: 0.001 });
    expect(steps).toBe(0);
    expect(stopReason).toMatch(/^there was time for 0 of \d+ steps$/);
  });
});
