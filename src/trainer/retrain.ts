import { freshLora } from '../engine/model/lora.ts';
import type { AdapterId } from '../engine/policy.ts';
import { RandomStream } from '../engine/random.ts';
import { sha256OfJson } from './canonicalJson.ts';
import { allRecords, buildExamples, type Examples, type FeedbackRecords } from './data/dataset.ts';
import { allHeldOut, noExamples, TrainerError } from './errors.ts';
import { passGate, type RetrainOutcome } from './gate/gate.ts';
import { chooseTrainingDevice, type TrainingDevice } from './graphs/trainingDevice.ts';
import { trainedModel, type TrainedModel } from './graphs/trainingInputs.ts';
import { RetrainRun, type RetrainHooks, type RunOptions } from './retrainRun.ts';
import { trainStages } from './retrainStages.ts';
import type { RetrainContext, RetrainTask } from './retrainTask.ts';
import { isForgotten, learnedFromByAny } from './adapters/learnedFrom.ts';
import { loadStoredAdapter, type StoredAdapter } from './adapters/storedAdapter.ts';

/**
 * Retrains the policy from feedback: SFT, reward model, PPO, gate. The new adapter is kept whatever
 * the verdict, and serves when the gate promotes it.
 *
 * @throws TrainerError 'noExamples' when there is nothing to learn from, 'allForgotten' when that is forgotten meanwhile; AbortError when cancelled,
 * and then the same task goes on from its checkpoint.
 */
export async function retrain(task: RetrainTask, hooks: RetrainHooks): Promise<RetrainOutcome> {
  const { records, seed } = task;
  const serving = await servingAdapter(task);
  const { beginsWith, adapters } = task;
  const first = beginsWith === undefined ? serving : await loadStoredAdapter(adapters, beginsWith, task);
  const examples = examplesOf(task, await learnedFromByAny([serving, first], adapters));
  if (examples.demonstrations.length + examples.preferenceGroups.length === 0)
    throw whyNoExamples(examples, records);
  const trainingDevice = await deviceOf(task);
  const { model, device, why } = trainingDevice;
  const run = await RetrainRun.open(
    runOptions(task, examples, { serving: serving?.id ?? null, beginsWith, trainingDevice }),
    hooks,
  );
  try {
    const context: RetrainContext = { task, hooks, examples, model, trainedOn: { device, why }, run };
    const thetas = await trainStages(context, firstTheta(model, first, seed));
    const outcome = await passGate(context, { serving, theta: thetas.final, reward: thetas.reward });
    await hooks.onTrained?.(thetas, outcome.manifest);
    await run.forget();
    return outcome;
  } catch (error) {
    if (TrainerError.is(error, 'allForgotten')) await run.forget();
    throw error;
  } finally {
    await run.dispose();
  }
}

function examplesOf(
  { records, sourceFiles, hyperparameters, seed }: RetrainTask,
  learnedBefore: ReadonlySet<string>,
): Examples {
  const { heldOutShare, sft } = hyperparameters;
  return buildExamples(records, sourceFiles, {
    heldOutShare,
    maxWindows: sft.maxWindows,
    seed,
    learnedBefore,
  });
}

function whyNoExamples({ summary }: Examples, records: FeedbackRecords): TrainerError {
  const { heldOutDemonstrations, heldOutPreferenceGroups, withheld } = summary;
  const known = heldOutDemonstrations + heldOutPreferenceGroups + withheld;
  return known === 0 ? noExamples(allRecords(records).length) : allHeldOut(known);
}

/** The serving adapter, which the new one is compared with; one that cannot be loaded does not serve either. */
export async function servingAdapter(task: RetrainTask): Promise<StoredAdapter | undefined> {
  const { adapterId: id } = await task.adapters.serving();
  if (id === undefined) return undefined;
  try {
    return await loadStoredAdapter(task.adapters, id, task);
  } catch (error) {
    if (isUnusable(error)) return undefined;
    throw error;
  }
}

function deviceOf(task: RetrainTask): Promise<TrainingDevice> {
  const { base, threads, limits, hyperparameters, device } = task;
  const { maxPackedTokens, maxWindowTokens } = hyperparameters.sft;
  return chooseTrainingDevice(trainedModel(base, hyperparameters.lora), {
    ...{ base, threads, maxPromptTokens: limits.maxPromptTokens },
    maxLearnedTokens: Math.max(maxPackedTokens, maxWindowTokens),
    losses: hyperparameters,
    ...(device ?? { choice: 'cpu', servingDevice: () => Promise.resolve(undefined) }),
  });
}

/** Training goes on from an adapter, unless that has another rank or scale. */
function firstTheta(
  { layout, lora }: TrainedModel,
  first: StoredAdapter | undefined,
  seed: number,
): Float32Array {
  const { rank, alpha } = first?.lora ?? {};
  if (first !== undefined && rank === lora.rank && alpha === lora.alpha) return first.theta;
  return freshLora(layout, RandomStream.named(seed, 'lora'));
}

function runOptions(
  task: RetrainTask,
  { summary, learnedFrom }: Examples,
  {
    serving,
    beginsWith,
    trainingDevice: { model, makeSession },
  }: {
    readonly serving: AdapterId | null;
    readonly beginsWith: AdapterId | undefined;
    readonly trainingDevice: TrainingDevice;
  },
): RunOptions {
  const { base, threads, checkpointFolder: folder, seed, hyperparameters, limits, baseModelId } = task;
  const jobKey = sha256OfJson({
    ...{ data: summary.sha256, hyperparameters, limits, seed, baseModelId, serving },
    precision: model.precision,
    // Where it is not said, the key is that of runs which began before it could be.
    ...(beginsWith === undefined ? {} : { beginsWith }),
  });
  const { timeBudgetMs } = hyperparameters;
  const ofWork = { timeBudgetMs, isForgotten: () => isForgotten(learnedFrom, task.records) };
  return { base, threads, makeSession, folder, jobKey, seed, ...ofWork };
}

function isUnusable(error: unknown): boolean {
  const reasons = ['adapterMismatch', 'adapterDamaged', 'adapterMissing'] as const;
  return reasons.some((reason) => TrainerError.is(error, reason));
}
