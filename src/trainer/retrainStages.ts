import { loadPolicy, type ModelPolicy } from '../engine/generation/modelPolicy.ts';
import { policyIdOf, type AdapterId } from '../engine/policy.ts';
import { packDemonstrations, packWindows } from './data/demonstrationPacks.ts';
import type { Demonstration } from './data/examples.ts';
import { demonstrationSequences, preferenceSequences } from './data/exampleTokens.ts';
import { documentNamesIn } from './data/dataset.ts';
import { heldOutLines } from './data/heldOut.ts';
import type { Hyperparameters } from './hyperparameters.ts';
import type { StageReport } from './adapters/manifest.ts';
import { mixed } from './adapters/mixed.ts';
import { judgePreferences } from './gate/preferenceJudge.ts';
import { newestWithRehearsal } from './data/rehearsal.ts';
import type { RetrainRun, StageResult, TrainedThetas } from './retrainRun.ts';
import { tokenisationOf, type RetrainContext } from './retrainTask.ts';
import { verdictNumbers, type RewardVerdict } from './gate/rewardGate.ts';
import { rewardTexts, withWrittenTexts, type RolloutPrompt } from './stages/rolloutRewards.ts';
import { rolloutSampler } from './stages/rolloutSampler.ts';
import { runDirectPreference, type DirectMethod } from './stages/directPreference.ts';
import { runPpo } from './stages/ppo.ts';
import {
  meanReward,
  newRewardTheta,
  runRewardModel,
  withMeanHead,
  type RewardJudge,
} from './stages/rewardModel.ts';
import type { Scorer } from './stages/scoring.ts';
import { runSft, type DemonstrationPack } from './stages/sft.ts';
import { keepingBack } from './timeBudget.ts';
import { recentMean, type StageRuntime } from './stages/stage.ts';

/** Curves are noisy: what a stage reports of one is the mean of its last steps. */
const reportedSteps = 5;

/** Enough demonstrations for a mean reward that is certain to a tenth of its spread. */
const biasDemonstrations = 64;

/** SFT, reward model and PPO, one on the other; or SFT and a method that needs no reward model. */
export async function trainStages(context: RetrainContext, serving: Float32Array): Promise<TrainedThetas> {
  const { run, model, task } = context;
  const sft = await run.stage('sft', (runtime) => sftStage(context, serving, runtime));
  const reference: Scorer = { model, theta: sft.theta };
  const { method } = task.hyperparameters;
  if (method !== 'ppo') {
    const direct = await run.stage(method, (runtime) => directStage(context, { reference, method }, runtime));
    return { sft: sft.theta, final: direct.theta };
  }
  const { heads, doubt } = task.hyperparameters.reward;
  const initial = newRewardTheta(model, sft.theta, { seed: task.seed, heads });
  const reward = await run.stage('reward', (runtime) =>
    rewardStage(context, { reference, initial }, runtime),
  );
  const rewardModel: RewardJudge = { model: initial.model, theta: reward.theta, doubt };
  const judged = { reference, rewardModel, verdict: reward.report };
  const ppo = await run.stage('ppo', (runtime) => ppoStage(context, judged, runtime));
  const kept = reward.report.steps > 0 ? withMeanHead(rewardModel) : undefined;
  return {
    ...{ sft: sft.theta, final: ppo.theta },
    reward: kept && { theta: kept.theta, layout: kept.model.layout },
  };
}

async function sftStage(
  context: RetrainContext,
  serving: Float32Array,
  runtime: StageRuntime,
): Promise<StageResult> {
  const { task, run, model } = context;
  const { training, validation } = await sftPacks(context);
  if (training.length === 0) {
    return { theta: serving, metrics: {}, stopReason: 'there are no demonstrations' };
  }
  const policy = run.trainee('sft', model, serving);
  const parts = {
    ...{ policy, packs: training },
    validation:
      validation.length > 0 ? { packs: validation, best: run.vector('sft best', serving) } : undefined,
  };
  const stopReason = await runSft(parts, task.hyperparameters, runtime);
  const { curves, numbers } = runtime.state;
  const { bestStep, bestMean } = numbers;
  const metrics = {
    ...{ firstLoss: curves['loss']?.[0] ?? 0, lastLoss: recentMean(curves['loss'], reportedSteps) },
    ...(bestStep !== undefined && { bestStep, validationLoss: -bestMean! }),
  };
  const { mixing } = task.hyperparameters.sft;
  return { theta: mixed(serving, policy.theta, mixing), metrics, stopReason };
}

/** What SFT learns from, the developer's own work and the workspace's, and what tells which of its steps was the best. */
async function sftPacks({
  task,
  examples,
  run,
}: RetrainContext): Promise<Record<'training' | 'validation', DemonstrationPack[]>> {
  const { sft } = task.hyperparameters;
  const own = newestWithRehearsal(examples.demonstrations, sft, task.seed);
  const { training, validation } = splitValidation(own, sft);
  const { heldOut } = examples;
  const isHeldOutLine = heldOutLines(
    { ...heldOut, demonstrations: [...heldOut.demonstrations, ...validation] },
    documentNamesIn(task.records),
  );
  const settings = { ...sft, tokenisation: tokenisationOf(task), isHeldOutLine, breathe: run.breathe };
  return {
    training: [...(await packDemonstrations(training, settings)), ...packWindows(examples.windows, settings)],
    validation: await packDemonstrations(validation, { ...settings, aboveWeight: 0 }),
  };
}

/** Of the demonstrations at most this share, so that little is left to learn from only where there is little. */
const validationShare = 0.1;

/** The newest demonstrations tell which step of SFT was the best; nothing is learned from them. */
function splitValidation(
  inTime: readonly Demonstration[],
  { maxValidation }: Pick<Hyperparameters['sft'], 'maxValidation'>,
): Record<'training' | 'validation', readonly Demonstration[]> {
  const count = Math.min(maxValidation, Math.floor(validationShare * inTime.length));
  const end = inTime.length - count;
  return { training: inTime.slice(0, end), validation: inTime.slice(end) };
}

/** DPO or KTO on recorded preferences. */
async function directStage(
  { task, examples, run, model }: RetrainContext,
  { reference, method }: { readonly reference: Scorer; readonly method: DirectMethod },
  runtime: StageRuntime,
): Promise<StageResult> {
  const { direct, reward } = task.hyperparameters;
  const groups = examples.preferenceGroups.slice(-direct.maxPrompts);
  const preferences = preferenceSequences(groups, tokenisationOf(task), reward);
  if (preferences.length === 0) {
    return { theta: reference.theta, metrics: {}, stopReason: 'there are no preferences' };
  }
  const policy = run.trainee(method, model, reference.theta);
  const parts = { policy, reference, preferences, method };
  const stopReason = await runDirectPreference(parts, task.hyperparameters, runtime);
  return { theta: policy.theta, metrics: lastNumbers(runtime, reportedSteps), stopReason };
}

async function rewardStage(
  { task, examples, run }: RetrainContext,
  { reference, initial }: { readonly reference: Scorer; readonly initial: Scorer },
  runtime: StageRuntime,
): Promise<StageResult> {
  const tokenisation = tokenisationOf(task);
  const { reward } = task.hyperparameters;
  const groups = examples.preferenceGroups.slice(-reward.maxPrompts);
  const preferences = preferenceSequences(groups, tokenisation, reward);
  if (preferences.length === 0) {
    return { theta: initial.theta, metrics: { passes: 0 }, stopReason: 'there are no preferences' };
  }
  const rewardModel = run.trainee('reward', initial.model, initial.theta);
  const secondsLeft = keepingBack(runtime.secondsLeft, judgingShare);
  const ended = await runRewardModel(rewardModel, preferences, task.hyperparameters, {
    ...runtime,
    secondsLeft,
  });
  const newest = demonstrationSequences(examples.demonstrations.slice(-biasDemonstrations), tokenisation);
  const heldOut = examples.heldOut.preferenceGroups.slice(-reward.maxPrompts);
  const judging = judgingRuntime(run, newest.length + breathsPerJudgedPrompt * heldOut.length, runtime);
  const rewardBias = await meanReward({ ...rewardModel, doubt: reward.doubt }, newest, {
    ...judging,
    secondsLeft: keepingBack(runtime.secondsLeft, 1 - biasShare),
  });
  const judge = { rewardModel, reference, tokenisation };
  const verdict = await judgePreferences(heldOut, judge, judging);
  return {
    theta: rewardModel.theta,
    metrics: { rewardBias, ...verdictNumbers(verdict), ...lastNumbers(runtime, reportedSteps) },
    calibration: verdict.calibration.length === 0 ? undefined : verdict.calibration,
    stopReason: reasonOfReward(runtime, ended, verdict),
  };
}

/** Why it was not trained or only in part, and why it is not used. */
function reasonOfReward(
  { state }: StageRuntime,
  ended: string | undefined,
  { passes, reason }: RewardVerdict,
): string | undefined {
  if (state.step === 0) return ended;
  const reasons = [ended, passes ? undefined : reason].filter((each) => each !== undefined);
  return reasons.length === 0 ? undefined : reasons.join('\n');
}

/** What is left of a limited time when the reward model is trained, to see whether it may be used. */
const judgingShare = 0.5;

/** Share of that for the demonstrations' mean reward. */
const biasShare = 0.25;

/** A reading by the reward model and one by the reference. */
const breathsPerJudgedPrompt = 2;

/** The run for work that only reads: every breath is a step of progress. */
function judgingRuntime(
  run: RetrainRun,
  totalSteps: number,
  { secondsLeft }: Pick<StageRuntime, 'secondsLeft'>,
): Pick<StageRuntime, 'sessions' | 'breathe' | 'secondsLeft'> {
  const startedAtMs = run.workedMs();
  let step = 0;
  const breathe = async (): Promise<void> => {
    await run.breathe();
    const seconds = (run.workedMs() - startedAtMs) / 1000;
    run.report({ stage: 'judge', step: ++step, totalSteps, seconds, numbers: {} });
  };
  return { sessions: run.sessions, breathe, secondsLeft };
}

/** With fewer prompts PPO would only learn these by heart. */
const minRolloutPrompts = 16;

interface PpoParts {
  readonly reference: Scorer;
  readonly rewardModel: RewardJudge;
  readonly verdict: StageReport;
}

/**
 * PPO on recorded prompts. The reward model judges the rollouts if it passed its test; where it is
 * known what the user wrote, that judges them too, and alone if the reward model did not pass.
 */
async function ppoStage(
  context: RetrainContext,
  parts: PpoParts,
  runtime: StageRuntime,
): Promise<StageResult> {
  const { task, examples, model } = context;
  const { reference, verdict } = parts;
  const isTrusted = verdict.metrics['passes'] === 1;
  const known = withWrittenTexts(examples.prompts, examples.demonstrations);
  const prompts = isTrusted ? known : known.filter(({ writtenText }) => writtenText !== undefined);
  if (prompts.length < minRolloutPrompts) {
    const why = `${prompts.length} prompts can be judged and ${minRolloutPrompts} are needed`;
    return { theta: reference.theta, metrics: {}, stopReason: why };
  }
  const id = policyIdOf(task.baseModelId, 'in-training' as AdapterId);
  const adapter = { lora: model.lora, theta: reference.theta };
  const writer = await loadPolicy(task.base, { id, adapter, threads: task.threads });
  try {
    return await trainByPpo(context, { ...parts, isTrusted, prompts, writer }, runtime);
  } finally {
    await writer.dispose();
  }
}

interface RolloutParts extends PpoParts {
  readonly isTrusted: boolean;
  readonly prompts: readonly RolloutPrompt[];
  /** Writes the rollouts, with whatever factors it is given. */
  readonly writer: ModelPolicy;
}

async function trainByPpo(
  { task, hooks, run, model }: RetrainContext,
  { reference, rewardModel, verdict, isTrusted, prompts, writer }: RolloutParts,
  runtime: StageRuntime,
): Promise<StageResult> {
  const { hyperparameters, seed } = task;
  const tokenisation = tokenisationOf(task);
  const rewardBias = verdict.metrics['rewardBias'] ?? 0;
  const judge = isTrusted ? rewardModel : undefined;
  const sample = rolloutSampler({
    prompts,
    policyOf: (theta) => writer.withTheta(writer.id, theta),
    rewardsOf: (prompt, texts) =>
      rewardTexts(prompt, texts, { sessions: run.sessions, judge, rewardBias, tokenisation }),
    ...{ tokenisation, ppo: hyperparameters.ppo, seed, signal: hooks.signal, breathe: runtime.breathe },
  });
  const policy = run.trainee('ppo', model, reference.theta);
  const critic = run.trainee('critic', rewardModel.model, rewardModel.theta);
  const best = run.vector('ppo best', reference.theta);
  const well = run.vector('ppo well', reference.theta);
  const stopReason = await runPpo(
    { policy, critic, reference, rewardBias, best, well },
    sample,
    hyperparameters,
    runtime,
  );
  const firstScore = runtime.state.curves['score']?.[0] ?? 0;
  const { returnedTo } = runtime.state.numbers;
  const metrics = {
    ...{ usesRewardModel: Number(isTrusted), firstScore, ...lastNumbers(runtime, 1) },
    ...(returnedTo !== undefined && { bestStep: returnedTo }),
  };
  return { theta: policy.theta, metrics, stopReason };
}

/** What the curves of a stage came to, each the mean of its last steps. */
function lastNumbers({ state }: StageRuntime, steps: number): Record<string, number> {
  const curves = Object.entries(state.curves);
  return Object.fromEntries(curves.map(([name, curve]) => [name, recentMean(curve, steps)]));
}
