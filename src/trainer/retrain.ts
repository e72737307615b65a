import type { BaseModel, ModelPolicy } from '../engine/generation/modelPolicy.ts';
import { loadPolicy } from '../engine/generation/modelPolicy.ts';
import { freshLora, loraLayout } from '../engine/model/lora.ts';
import { policyIdOf, type AdapterId } from '../engine/policy.ts';
import { RandomStream } from '../engine/random.ts';
import { newAdapterId, type AdapterStore } from './adapterStore.ts';
import { sha256OfJson } from './canonicalJson.ts';
import { buildExamples, type Examples, type FeedbackRecords } from './dataset.ts';
import { noExamples, TrainerError } from './errors.ts';
import { demonstrationSequences, preferenceSequences, type Tokenisation } from './exampleTokens.ts';
import type { TrainedModel } from './graphs/trainingInputs.ts';
import { decidePromotion } from './gateDecision.ts';
import {
  answerHeldOut,
  toPairedOutcome,
  type CompletionLimits,
  type HeldOutComparison,
} from './heldOutEvaluation.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import type { Manifest, StageReport } from './manifest.ts';
import { judgePreferences } from './preferenceJudge.ts';
import type { RewardVerdict } from './rewardGate.ts';
import { RetrainRun, type RetrainHooks, type StageResult } from './retrainRun.ts';
import { rolloutSampler } from './rolloutSampler.ts';
import { runPpo } from './stages/ppo.ts';
import { meanReward, newRewardTheta, runRewardModel } from './stages/rewardModel.ts';
import { scoreRewards, type Scorer } from './stages/scoring.ts';
import { runSft } from './stages/sft.ts';
import { recentMean, type StageRuntime } from './stages/stage.ts';

/** One retraining, as it is asked for. */
export interface RetrainTask {
  readonly records: FeedbackRecords;
  /** The catalogue's id of the base model, or its path. */
  readonly baseModelId: string;
  readonly base: BaseModel;
  readonly adapters: AdapterStore;
  /** Where the run keeps its checkpoint. */
  readonly checkpointFolder: string;
  readonly hyperparameters: Hyperparameters;
  readonly limits: CompletionLimits;
  readonly seed: number;
  readonly threads: number;
}

/** What came of a retraining. */
export interface RetrainOutcome {
  readonly manifest: Manifest;
  /** What both policies offered on the held-out work; holds the user's code, so it is never written to disk. */
  readonly comparisons: readonly HeldOutComparison[];
}

/** Curves are noisy: what a stage reports of one is the mean of its last steps. */
const reportedSteps = 5;

/** Enough demonstrations for a mean reward that is certain to a tenth of its spread. */
const biasDemonstrations = 64;

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

interface RetrainContext {
  readonly task: RetrainTask;
  readonly hooks: RetrainHooks;
  readonly examples: Examples;
  readonly model: TrainedModel;
  readonly run: RetrainRun;
  /** The serving policy; other adapters write through it too. */
  readonly policy: ModelPolicy;
}

function trainedModel({ base, hyperparameters: { lora } }: RetrainTask): TrainedModel {
  return { config: base.config, lora, layout: loraLayout(base.config, lora) };
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
    if (TrainerError.is(error, 'adapterMismatch')) return fresh();
    throw error;
  }
}

function runOptions(task: RetrainTask, { summary }: Examples, servingId: AdapterId | undefined) {
  const { base, threads, checkpointFolder: folder, seed, hyperparameters, limits, baseModelId } = task;
  const jobKey = sha256OfJson({
    ...{ data: summary.sha256, hyperparameters, limits, seed, baseModelId },
    serving: servingId ?? null,
  });
  return { base, threads, folder, jobKey, seed };
}

/** SFT, reward model and PPO; gives the factors that ask to be promoted. */
async function trainStages(context: RetrainContext, serving: Float32Array): Promise<Float32Array> {
  const { run, model, task } = context;
  const sft = await run.stage('sft', (runtime) => sftStage(context, serving, runtime));
  const reference: Scorer = { model, theta: sft.theta };
  const initial = newRewardTheta(model, sft.theta, task.seed);
  const reward = await run.stage('reward', (runtime) =>
    rewardStage(context, { reference, initial }, runtime),
  );
  const rewardModel: Scorer = { model: initial.model, theta: reward.theta };
  const judged = { reference, rewardModel, verdict: reward.report };
  const ppo = await run.stage('ppo', (runtime) => ppoStage(context, judged, runtime));
  return ppo.theta;
}

async function sftStage(
  { task, examples, run, model }: RetrainContext,
  serving: Float32Array,
  runtime: StageRuntime,
): Promise<StageResult> {
  const demonstrations = demonstrationSequences(examples.demonstrations, tokenisationOf(task));
  if (demonstrations.length === 0) {
    return { theta: serving, metrics: {}, stopReason: 'there are no demonstrations' };
  }
  const policy = run.trainee('sft', model, serving);
  await runSft(policy, demonstrations, task.hyperparameters, runtime);
  const { loss } = runtime.state.curves;
  const metrics = { firstLoss: loss?.[0] ?? 0, lastLoss: recentMean(loss, reportedSteps) };
  return { theta: policy.theta, metrics };
}

async function rewardStage(
  { task, examples, run }: RetrainContext,
  { reference, initial }: { readonly reference: Scorer; readonly initial: Scorer },
  runtime: StageRuntime,
): Promise<StageResult> {
  const tokenisation = tokenisationOf(task);
  const preferences = preferenceSequences(
    examples.preferenceGroups,
    tokenisation,
    task.hyperparameters.reward,
  );
  if (preferences.length === 0) {
    return { theta: initial.theta, metrics: { passes: 0 }, stopReason: 'there are no preferences' };
  }
  const rewardModel = run.trainee('reward', initial.model, initial.theta);
  await runRewardModel(rewardModel, preferences, task.hyperparameters, runtime);
  const newest = demonstrationSequences(examples.demonstrations.slice(-biasDemonstrations), tokenisation);
  const rewardBias = await meanReward(rewardModel, newest, runtime);
  const judge = { rewardModel, reference, tokenisation };
  const verdict = await judgePreferences(examples.heldOut.preferenceGroups, judge, runtime);
  return {
    theta: rewardModel.theta,
    metrics: { rewardBias, ...rewardMetrics(verdict), ...lastNumbers(runtime, reportedSteps) },
    stopReason: verdict.passes ? undefined : verdict.reason,
  };
}

function rewardMetrics(verdict: RewardVerdict): Record<string, number> {
  return {
    passes: Number(verdict.passes),
    heldOutPrompts: verdict.promptCount,
    heldOutAccuracy: verdict.accuracy,
    heldOutAccuracyLow: verdict.interval.low,
    heldOutAccuracyHigh: verdict.interval.high,
    ...verdict.rivals,
    brier: verdict.brier,
    calibrationError: verdict.calibrationError,
  };
}

interface PpoParts {
  readonly reference: Scorer;
  readonly rewardModel: Scorer;
  readonly verdict: StageReport;
}

async function ppoStage(
  { task, hooks, examples, run, model, policy: writer }: RetrainContext,
  { reference, rewardModel, verdict }: PpoParts,
  runtime: StageRuntime,
): Promise<StageResult> {
  if (verdict.metrics['passes'] !== 1) {
    const why = verdict.stopReason ?? 'it did not pass';
    return { theta: reference.theta, metrics: {}, stopReason: `the reward model may not be used: ${why}` };
  }
  const { hyperparameters, seed, baseModelId } = task;
  const id = policyIdOf(baseModelId, 'in-training' as AdapterId);
  const sample = rolloutSampler({
    prompts: examples.prompts,
    policyOf: (theta) => writer.withTheta(id, theta),
    rewardsOf: (sequences) => scoreRewards(run.sessions, rewardModel, sequences),
    tokenisation: tokenisationOf(task),
    ...{ ppo: hyperparameters.ppo, seed, signal: hooks.signal, breathe: run.breathe },
  });
  const policy = run.trainee('ppo', model, reference.theta);
  const critic = run.trainee('critic', rewardModel.model, rewardModel.theta);
  const rewardBias = verdict.metrics['rewardBias'] ?? 0;
  const stopReason = await runPpo(
    { policy, critic, reference, rewardBias },
    sample,
    hyperparameters,
    runtime,
  );
  const firstScore = runtime.state.curves['score']?.[0] ?? 0;
  return { theta: policy.theta, metrics: { firstScore, ...lastNumbers(runtime, 1) }, stopReason };
}

/** What the curves of a stage came to, each the mean of its last steps. */
function lastNumbers({ state }: StageRuntime, steps: number): Record<string, number> {
  const curves = Object.entries(state.curves);
  return Object.fromEntries(curves.map(([name, curve]) => [name, recentMean(curve, steps)]));
}

function tokenisationOf({ base, limits }: RetrainTask): Tokenisation {
  return { tokenizer: base.tokenizer, ...limits };
}

/** Measures old and new policy on the held-out work, keeps the adapter, and promotes it when it is better. */
async function passGate(context: RetrainContext, theta: Float32Array): Promise<RetrainOutcome> {
  const { task, hooks, examples, model, run } = context;
  const adapterId = newAdapterId(run.startedAtMs, examples.summary.sha256);
  const comparisons = await compareOnHeldOut(context, policyIdOf(task.baseModelId, adapterId), theta);
  const verdict = decidePromotion(comparisons.map(toPairedOutcome), task.seed);
  const manifest: Manifest = {
    formatVersion: 1,
    adapterId,
    baseModelId: task.baseModelId,
    startedAtMs: run.startedAtMs,
    finishedAtMs: hooks.nowMs(),
    data: examples.summary,
    seed: task.seed,
    hyperparameters: task.hyperparameters,
    stages: [...run.reports],
    verdict,
  };
  const peft = { alpha: model.lora.alpha, taskType: 'CAUSAL_LM' as const };
  await task.adapters.save({ theta, layout: model.layout, peft, manifest });
  if (verdict.promoted) await task.adapters.promote(adapterId);
  return { manifest, comparisons };
}

async function compareOnHeldOut(
  { task, hooks, examples, run, policy }: RetrainContext,
  id: ReturnType<typeof policyIdOf>,
  theta: Float32Array,
): Promise<HeldOutComparison[]> {
  const newer = policy.withTheta(id, theta);
  const demonstrations = examples.heldOut.demonstrations.slice(-task.hyperparameters.maxHeldOutPrompts);
  const startedAtMs = hooks.nowMs();
  const comparisons: HeldOutComparison[] = [];
  for (const demonstration of demonstrations) {
    await run.breathe();
    const before = await answerHeldOut(policy, demonstration, task.limits, hooks.signal);
    await run.breathe();
    const after = await answerHeldOut(newer, demonstration, task.limits, hooks.signal);
    comparisons.push({ demonstration, before, after });
    const seconds = (hooks.nowMs() - startedAtMs) / 1000;
    run.report({
      stage: 'gate',
      step: comparisons.length,
      totalSteps: demonstrations.length,
      seconds,
      numbers: {},
    });
  }
  hooks.signal.throwIfAborted();
  return comparisons;
}
