import { userCacheFolder } from '../../engine/catalogue/cacheFolder.ts';
import { ensureModelFolder } from '../../engine/catalogue/ensureModelFolder.ts';
import { testedDevice } from '../../engine/generation/loadPolicyOn.ts';
import type { BaseModel } from '../../engine/generation/modelPolicy.ts';
import { isPlainObject } from '../../engine/isPlainObject.ts';
import { openModelFolder } from '../../engine/weights/modelFolder.ts';
import type { OnModelProgress } from '../../engine/weights/progress.ts';
import type { FeedbackReader } from '../../feedback/storing/feedbackStore.ts';
import { openFeedbackReader } from '../../feedback/storing/sqliteFeedbackReader.ts';
import { AdapterStore } from '../../trainer/adapters/adapterStore.ts';
import { sha256OfJson } from '../../trainer/canonicalJson.ts';
import { hyperparametersSchema, type Hyperparameters } from '../../trainer/hyperparameters.ts';
import { retrain } from '../../trainer/retrain.ts';
import { dropSourceFiles, sourceFilesOfRun } from '../../trainer/data/sourceFiles.ts';
import type { RetrainHooks } from '../../trainer/retrainRun.ts';
import type { RetrainSettings, RetrainSummary } from '../clients.ts';
import { badHyperparameters, unknownHyperparameters } from '../errors.ts';
import { recordsUntil } from '../exchange/recordsUntil.ts';
import { lockRetraining } from './retrainingLock.ts';
import { summarise } from './retrainSummary.ts';

/** What a job of the trainer's process tells, and asks, besides. */
export interface JobHooks extends RetrainHooks {
  /** Hears how far the model is on its way. Absent where it was brought before. */
  readonly onModelProgress?: OnModelProgress;
}

/** Retrains from what the settings name: the one job of the trainer's process. */
export async function runRetraining(settings: RetrainSettings, hooks: JobHooks): Promise<RetrainSummary> {
  const hyperparameters = parseHyperparameters(settings.hyperparameters);
  const lock = lockRetraining(`${settings.checkpointFolder}.lock`);
  try {
    return await retrainFromStore(settings, hyperparameters, hooks);
  } finally {
    lock.dispose();
  }
}

/** The hyperparameters of a run from those that differ from the defaults. Throws ProcessError 'badHyperparameters'. */
export function parseHyperparameters(overrides: unknown): Hyperparameters {
  const { data, error } = hyperparametersSchema.safeParse(overrides);
  if (error !== undefined) throw badHyperparameters(error);
  const unknown = namesBeside(overrides, data);
  if (unknown.length > 0) throw unknownHyperparameters(unknown);
  return data;
}

/** The names in a value that what was parsed of it has not, each with the way to it. */
function namesBeside(value: unknown, parsed: unknown, before = ''): string[] {
  if (!isPlainObject(value) || !isPlainObject(parsed)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name in parsed ? namesBeside(inner, parsed[name], `${before}${name}.`) : `${before}${name}`,
  );
}

/** The store comes first: that there is nothing to learn from needs no model to be known. */
async function retrainFromStore(
  settings: RetrainSettings,
  hyperparameters: Hyperparameters,
  hooks: JobHooks,
): Promise<RetrainSummary> {
  const { model, storePath, adaptersFolder, checkpointFolder, maxPromptTokens, maxNewTokens } = settings;
  const reader = openFeedbackReader(storePath);
  try {
    const adapters = new AdapterStore(adaptersFolder);
    const lora = await loraOf(settings, hyperparameters, adapters);
    const base = await openModel(model, hooks);
    const { learnFrom } = settings;
    const sourceFiles = await sourceFilesOfRun(checkpointFolder, {
      learnFrom,
      runKey: runKeyOf(settings, reader),
    });
    const task = {
      records: recordsUntil(reader, settings.untilMs ?? Infinity),
      ...{ sourceFiles, shownFiles: settings.projectCode ? sourceFiles : [] },
      ...{ checkpointFolder, seed: settings.seed, threads: settings.threads },
      hyperparameters: { ...hyperparameters, lora },
      beginsWith: settings.beginsWith,
      baseModelId: model,
      base,
      device: {
        choice: settings.device ?? 'cpu',
        servingDevice: () =>
          testedDevice(base, { cacheFolder: userCacheFolder(), threads: settings.threads }),
      },
      adapters,
      limits: { maxPromptTokens, maxNewTokens },
    };
    return summarise(await retrain(task, hooks));
  } finally {
    reader.close();
    await dropSourceFiles(checkpointFolder);
  }
}

/**
 * What tells a run from others: what is asked for, and up to when records count for it. Where no moment is said, it is the
 * same while no record comes in, and with the same folders; else it may go on in a window with other ones.
 */
function runKeyOf(
  { untilMs, learnFrom: { workspaceFolders }, ...settings }: RetrainSettings,
  reader: Pick<FeedbackReader, 'recordCount'>,
): string {
  const { model, seed, hyperparameters, beginsWith, maxPromptTokens, maxNewTokens } = settings;
  return sha256OfJson({
    ...(untilMs === undefined ? { recordCount: reader.recordCount(), workspaceFolders } : { untilMs }),
    ...{ model, seed, hyperparameters, beginsWith, maxPromptTokens, maxNewTokens },
  });
}

/**
 * The rank and scale of a run. An adapter from elsewhere has its own, and what it knows would be lost at
 * others: a retraining of its model, on top of it, keeps to them, unless the hyperparameters name some.
 */
async function loraOf(
  { model, beginsWith, hyperparameters: overrides }: RetrainSettings,
  { lora }: Hyperparameters,
  adapters: AdapterStore,
): Promise<Hyperparameters['lora']> {
  if (beginsWith !== undefined) return (await adapters.manifest(beginsWith)).hyperparameters.lora;
  const { adapterId } = await adapters.serving();
  const serving = (await adapters.list()).find(({ id }) => id === adapterId);
  const isNamed = typeof overrides === 'object' && overrides !== null && 'lora' in overrides;
  if (serving?.kind !== 'adapter' || isNamed) return lora;
  const { imported, baseModelId, hyperparameters } = serving.manifest;
  return imported !== undefined && baseModelId === model ? hyperparameters.lora : lora;
}

/** A model, ready to run; nearly always it is there already, because the engine brought it. */
export async function openModel(
  model: string,
  { signal, onModelProgress = () => undefined }: Pick<JobHooks, 'signal' | 'onModelProgress'>,
): Promise<BaseModel> {
  const folder = await ensureModelFolder(model, { signal, onProgress: onModelProgress });
  signal.throwIfAborted();
  return openModelFolder(folder);
}
