import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { CodeFile } from '../../completion/prompt/relatedCode.ts';
import { findEntry } from '../../engine/catalogue/catalogue.ts';
import type { BaseModel } from '../../engine/generation/modelPolicy.ts';
import type { Adapter, LoraConfig } from '../../engine/model/lora.ts';
import { RandomStream } from '../../engine/random.ts';
import { isFolder } from '../../engine/weights/pathKind.ts';
import { weightsFingerprint } from '../../engine/weights/weightsFingerprint.ts';
import { openFeedbackReader } from '../../feedback/storing/sqliteFeedbackReader.ts';
import type { RewardAdapter } from '../../trainer/adapters/adapterFolder.ts';
import { AdapterStore, newAdapterId } from '../../trainer/adapters/adapterStore.ts';
import { buildExamples, type Examples, type FeedbackRecords } from '../../trainer/data/dataset.ts';
import { readSourceFiles } from '../../trainer/data/sourceFiles.ts';
import {
  fitForeign,
  requireBase,
  type ChosenBase,
  type ForeignAdapter,
} from '../../trainer/adapters/foreignAdapter.ts';
import { fitReward } from '../../trainer/adapters/foreignReward.ts';
import { passGate } from '../../trainer/gate/gate.ts';
import { readGgufAdapter } from '../../trainer/adapters/ggufAdapter.ts';
import { trainedModel } from '../../trainer/graphs/trainingInputs.ts';
import type { Hyperparameters } from '../../trainer/hyperparameters.ts';
import { learnedFromByAny } from '../../trainer/adapters/learnedFrom.ts';
import type { Manifest } from '../../trainer/adapters/manifest.ts';
import { readPeftFolder } from '../../trainer/adapters/peftFolder.ts';
import { servingAdapter } from '../../trainer/retrain.ts';
import { RetrainRun, type RetrainHooks } from '../../trainer/retrainRun.ts';
import type { RetrainTask } from '../../trainer/retrainTask.ts';
import type { ImportSettings } from '../clients.ts';
import { lockRetraining } from './retrainingLock.ts';
import { openModel, parseHyperparameters, type JobHooks } from './retraining.ts';

/**
 * Takes an adapter from outside into the store. It passes the gate like one that was trained here, on the
 * user's own held-out work, unless the user lets it serve without. Throws TrainerError 'adapterForeign'
 * where it cannot be taken in, 'adapterBaseUnsure' where its files do not say that it belongs to the model.
 */
export async function importAdapter(settings: ImportSettings, hooks: JobHooks): Promise<Manifest> {
  const lock = lockRetraining(`${settings.checkpointFolder}.lock`);
  // Apart from the checkpoint of a retraining, which can still go on.
  const checkpointFolder = `${settings.checkpointFolder}-import`;
  try {
    return await takeIn({ ...settings, checkpointFolder }, hooks);
  } finally {
    await rm(checkpointFolder, { recursive: true, force: true });
    lock.dispose();
  }
}

async function takeIn(settings: ImportSettings, hooks: JobHooks): Promise<Manifest> {
  const base = await openModel(settings.model, hooks);
  const foreign = await readForeign(settings, base);
  const sha256 = await weightsFingerprint(base.weights.path);
  const aliases = findEntry(settings.model)?.aliases ?? [];
  const chosen = { id: settings.model, sha256, aliases };
  requireBase(foreign, chosen, settings.isSameBase);
  const overridden = parseHyperparameters(settings.hyperparameters);
  const random = RandomStream.named(settings.seed, 'lora');
  const adapter = fitForeign(foreign, base.config, { preferred: overridden.lora, random });
  const hyperparameters = { ...overridden, lora: adapter.lora };
  const reward = rewardOf(foreign, base, { chosen, preferred: adapter.lora, seed: settings.seed });
  const shownFiles = await filesShownBy(settings);
  return withRecords(settings.storePath, async (records) => {
    const task = taskOf(settings, { base, records, hyperparameters, shownFiles });
    const examples = await heldOutExamples(task, adapter);
    const { path, format, stages } = foreign;
    const imported = {
      path,
      format,
      ...(foreign.base.name === undefined ? {} : { baseName: foreign.base.name }),
    };
    const parts = { task, examples, imported, stages, reward };
    if (settings.serves) return serveUnjudged({ ...parts, sha256 }, adapter, hooks);
    return judge(parts, adapter, hooks);
  });
}

/** The files whose code the gate shows both policies, as they are now: none where nobody is asked. */
export async function filesShownBy({
  serves,
  projectCode,
  learnFrom,
}: Pick<ImportSettings, 'serves' | 'projectCode' | 'learnFrom'>): Promise<readonly CodeFile[]> {
  // Whose lines they are only says what is learned first, and nothing is learned here.
  return serves || !projectCode ? [] : readSourceFiles({ ...learnFrom, ownLinesFirst: false });
}

async function readForeign(
  { path, model }: Pick<ImportSettings, 'path' | 'model'>,
  { config }: BaseModel,
): Promise<ForeignAdapter> {
  return (await isFolder(path)) ? readPeftFolder(path) : readGgufAdapter(path, config, model);
}

/** The reward model that came along, of the same base where it names one by hash: its path alone says nothing. */
function rewardOf(
  { reward }: ForeignAdapter,
  { config }: BaseModel,
  how: { readonly chosen: ChosenBase; readonly preferred: LoraConfig; readonly seed: number },
): RewardAdapter | undefined {
  if (reward === undefined) return undefined;
  if (reward.base.sha256 !== undefined) requireBase(reward, how.chosen, false);
  return fitReward(reward, config, { ...how, random: RandomStream.named(how.seed, 'reward lora') });
}

async function withRecords<T>(path: string, use: (records: FeedbackRecords) => Promise<T>): Promise<T> {
  const none = (): [] => [];
  if (!existsSync(path))
    return use({
      ...{ completions: none, rankings: none, demonstrations: none, imported: none },
      ...{ find: () => undefined, namesOf: none },
    });
  const reader = openFeedbackReader(path);
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

function taskOf(
  settings: ImportSettings,
  parts: {
    readonly base: BaseModel;
    readonly records: FeedbackRecords;
    readonly hyperparameters: Hyperparameters;
    readonly shownFiles: readonly CodeFile[];
  },
): RetrainTask {
  const { model, adaptersFolder, checkpointFolder, maxPromptTokens, maxNewTokens, seed, threads } = settings;
  return {
    ...{ checkpointFolder, seed, threads, ...parts },
    sourceFiles: [],
    baseModelId: model,
    adapters: new AdapterStore(adaptersFolder),
    limits: { maxPromptTokens, maxNewTokens },
  };
}

/** The held-out work of the user; what the adapter was trained on is not known here, so it counts nothing. */
async function heldOutExamples(task: RetrainTask, { theta }: Adapter): Promise<Examples> {
  const { records, hyperparameters, adapters, seed } = task;
  const { heldOutShare, sft } = hyperparameters;
  const learnedBefore = await learnedFromByAny([await servingAdapter(task)], adapters);
  const examples = buildExamples(records, [], {
    ...{ heldOutShare, maxWindows: sft.maxWindows, seed, learnedBefore },
  });
  const sha256 = createHash('sha256').update(new Uint8Array(theta.buffer)).digest('hex');
  const none = { demonstrations: 0, preferenceGroups: 0, preferencePairs: 0, windows: 0, prompts: 0 };
  return { ...examples, summary: { ...examples.summary, ...none, sha256 } };
}

interface Import {
  readonly task: RetrainTask;
  readonly examples: Examples;
  readonly imported: NonNullable<Manifest['imported']>;
  readonly stages: ForeignAdapter['stages'];
  /** Absent where none came along. */
  readonly reward: RewardAdapter | undefined;
}

async function judge(
  { task, examples, ...origin }: Import,
  { lora, theta }: Adapter,
  hooks: RetrainHooks,
): Promise<Manifest> {
  const { base, threads, checkpointFolder: folder, seed } = task;
  const serving = await servingAdapter(task);
  const run = await RetrainRun.open({ base, threads, folder, seed, jobKey: examples.summary.sha256 }, hooks);
  try {
    const model = trainedModel(base, lora);
    const context = { task, hooks, examples, model, run };
    const { manifest } = await passGate(context, { serving, theta, ...origin });
    return manifest;
  } finally {
    await run.dispose();
  }
}

async function serveUnjudged(
  { task, examples, imported, stages, reward, sha256: baseSha256 }: Import & { readonly sha256: string },
  { lora, theta }: Adapter,
  { nowMs }: RetrainHooks,
): Promise<Manifest> {
  const { adapters, base, baseModelId, seed, hyperparameters } = task;
  const atMs = nowMs();
  const manifest: Manifest = {
    formatVersion: 1,
    adapterId: newAdapterId(atMs, examples.summary.sha256, imported),
    ...{ baseModelId, baseSha256, imported, seed, hyperparameters },
    ...{ startedAtMs: atMs, finishedAtMs: atMs, data: examples.summary, stages: [...stages] },
    verdict: {
      promoted: true,
      reason: 'Serves because you said so: it was imported without asking the gate.',
    },
  };
  const { layout } = trainedModel(base, lora);
  const peft = { alpha: lora.alpha, taskType: 'CAUSAL_LM' } as const;
  await adapters.save({ theta, layout, peft, manifest, reward });
  await adapters.promote(manifest.adapterId);
  return manifest;
}
