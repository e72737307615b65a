import { ensureModelFolder } from '../engine/catalogue/ensureModelFolder.ts';
import type { BaseModel } from '../engine/generation/modelPolicy.ts';
import { openModelFolder } from '../engine/weights/modelFolder.ts';
import { openFeedbackReader } from '../feedback/sqliteFeedbackReader.ts';
import { AdapterStore } from '../trainer/adapterStore.ts';
import { hyperparametersSchema, type Hyperparameters } from '../trainer/hyperparameters.ts';
import { retrain } from '../trainer/retrain.ts';
import { dropSourceFiles, readSourceFiles, sourceFilesOfRun } from '../trainer/sourceFiles.ts';
import type { RetrainHooks } from '../trainer/retrainRun.ts';
import type { RetrainSettings, RetrainSummary } from './clients.ts';
import { badHyperparameters } from './errors.ts';
import { recordsUntil } from './recordsUntil.ts';
import { lockRetraining } from './retrainingLock.ts';
import { summarise } from './retrainSummary.ts';

/** Retrains from what the settings name: the one job of the trainer's process. */
export async function runRetraining(settings: RetrainSettings, hooks: RetrainHooks): Promise<RetrainSummary> {
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
  return data;
}

/** The store comes first: that there is nothing to learn from needs no model to be known. */
async function retrainFromStore(
  settings: RetrainSettings,
  hyperparameters: Hyperparameters,
  hooks: RetrainHooks,
): Promise<RetrainSummary> {
  const { model, storePath, adaptersFolder, checkpointFolder, maxPromptTokens, maxNewTokens } = settings;
  const reader = openFeedbackReader(storePath);
  try {
    const task = {
      records: recordsUntil(reader, settings.untilMs ?? Infinity),
      sourceFiles: await sourceFilesOfRun(checkpointFolder, () => readSourceFiles(settings.learnFrom)),
      ...{ hyperparameters, checkpointFolder, seed: settings.seed, threads: settings.threads },
      baseModelId: model,
      base: await openModel(model, hooks.signal),
      adapters: new AdapterStore(adaptersFolder),
      limits: { maxPromptTokens, maxNewTokens },
    };
    return summarise(await retrain(task, hooks));
  } finally {
    reader.close();
    await dropSourceFiles(checkpointFolder);
  }
}

/** A model, ready to run; nearly always it is there already, because the engine brought it. */
export async function openModel(model: string, signal: AbortSignal): Promise<BaseModel> {
  const folder = await ensureModelFolder(model, { signal, onProgress: () => undefined });
  signal.throwIfAborted();
  return openModelFolder(folder);
}
