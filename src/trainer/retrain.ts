import { loadPolicy } from '../engine/generation/modelPolicy.ts';
import { freshLora, loraLayout } from '../engine/model/lora.ts';
import { policyIdOf, type AdapterId } from '../engine/policy.ts';
import { RandomStream } from '../engine/random.ts';
import { sha256OfJson } from './canonicalJson.ts';
import { buildExamples, type Examples } from './dataset.ts';
import { noExamples, TrainerError } from './errors.ts';
import { passGate, type RetrainOutcome } from './gate.ts';
import type { TrainedModel } from './graphs/trainingInputs.ts';
import { RetrainRun, type RetrainHooks, type RunOptions } from './retrainRun.ts';
import { trainStages } from './retrainStages.ts';
import type { RetrainContext, RetrainTask } from './retrainTask.ts';

/**
 * Retrains the policy from feedback: SFT, reward model, PPO, gate. The new adapter is kept whatever
 * the verdict, and serves when the gate promotes it.
 *
 * @throws TrainerError 'noExamples' when there is nothing to learn from; AbortError when cancelled,
 * and then the same task goes on from its checkpoint.
 */
export async function retrain(task: RetrainTask, hooks: RetrainHooks): Promise<RetrainOutcome> {
  const examples = buildExamples(task.records, task.hyperparameters);
  if (examples.demonstrations.length + examples.preferenceGroups.length === 0) {
    throw noExamples(task.records.completions().length);
  }
  const { adapterId: servingId } = await task.adapters.serving();
  const model = trainedModel(task);
  const serving = await servingTheta(task, model, servingId);
  const run = await RetrainRun.open(runOptions(task, examples, servingId), hooks);
  const policy = await loadPolicy(task.base, {
    id: policyIdOf(task.baseModelId, servingId),
    adapter: { lora: model.lora, theta: serving },
    threads: task.threads,
  });
  try {
    const context: RetrainContext = { task, hooks, examples, model, run, policy };
    const theta = await trainStages(context, serving);
    const outcome = await passGate(context, theta);
    await run.forget();
    return outcome;
  } finally {
    await run.dispose();
    await policy.dispose();
  }
}

function trainedModel({ base, hyperparameters: { lora } }: RetrainTask): TrainedModel {
  return { config: base.config, lora, precision: 'float32', layout: loraLayout(base.config, lora) };
}

/** The serving adapter's factors, from which training goes on; fresh ones where there are none that fit. */
async function servingTheta(
  { adapters, baseModelId, seed }: RetrainTask,
  { layout, lora }: TrainedModel,
  servingId: AdapterId | undefined,
): Promise<Float32Array> {
  const fresh = (): Float32Array => freshLora(layout, RandomStream.named(seed, 'lora'));
  if (servingId === undefined) return fresh();
  try {
    return (await adapters.load(servingId, { layout, baseModelId, alpha: lora.alpha })).theta;
  } catch (error) {
    if (isUnusable(error)) return fresh();
    throw error;
  }
}

function runOptions(task: RetrainTask, { summary }: Examples, servingId: AdapterId | undefined): RunOptions {
  const { base, threads, checkpointFolder: folder, seed, hyperparameters, limits, baseModelId } = task;
  const jobKey = sha256OfJson({
    ...{ data: summary.sha256, hyperparameters, limits, seed, baseModelId },
    serving: servingId ?? null,
  });
  return { base, threads, folder, jobKey, seed };
}

/** An adapter that cannot be loaded does not serve either; training begins anew without it. */
function isUnusable(error: unknown): boolean {
  const reasons = ['adapterMismatch', 'adapterDamaged', 'adapterMissing'] as const;
  return reasons.some((reason) => TrainerError.is(error, reason));
}
