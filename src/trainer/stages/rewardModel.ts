import { RandomStream } from '../../engine/random.ts';
import { floatTensor, floatsOf } from '../../engine/runtime/session.ts';
import { rewardGraph, scalarLayout, scoreHeadName } from '../graphs/scalarGraph.ts';
import type { GraphOf } from '../graphs/graphSessions.ts';
import { lastTokenBatch, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { TrainedModel } from '../graphs/trainingInputs.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { learningRateAt } from '../schedule.ts';
import { batchAt, stepCount } from './batches.ts';
import { scoreRewards, type Scorer } from './scoring.ts';
import { noteStep, planSteps, type StageRuntime } from './stage.ts';
import { sumMicroBatches, updateTrainee, type LossAndGradient, type Trainee } from './trainee.ts';

/** All completions of one prompt and what is known about their order. */
export interface PreferenceSequences {
  readonly sequences: readonly TokenSequence[];
  /** [better, worse] by index into `sequences`; ties have no pair. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Share of wrong pairs that is expected, 0 to 0.5 (conservative loss of arXiv:2305.18290's cDPO note). */
  readonly labelSmoothing: number;
  /** Index of silence among them; absent where it was not compared. */
  readonly silence?: number | undefined;
}

/**
 * A reward model before training: the SFT policy's adapter as its trunk, and a head drawn from
 * N(0, 1/(E+1)^2), OpenRLHF's. Stiennon et al. 2020 (arXiv:2009.01325) have the deviation
 * 1/sqrt(E+1), under which scores begin several units apart; the few steps of one user's data would
 * be spent on undoing that.
 */
export function newRewardTheta(
  model: TrainedModel,
  policyTheta: Float32Array,
  seed: number,
): { readonly model: TrainedModel; readonly theta: Float32Array } {
  const { config, lora } = model;
  const layout = scalarLayout(config, lora);
  const theta = new Float32Array(layout.size);
  theta.set(policyTheta);
  const stream = RandomStream.named(seed, 'reward head');
  const head = layout.slots.find(({ name }) => name === scoreHeadName)!;
  const deviation = 1 / (config.embeddingSize + 1);
  for (let i = 0; i < config.embeddingSize; i++) theta[head.offset + i] = stream.nextNormal() * deviation;
  return { model: { ...model, layout }, theta };
}

/** Trains the reward model on preferences; every prompt counts alike, however many pairs it has. */
export async function runRewardModel(
  rewardModel: Trainee,
  preferences: readonly PreferenceSequences[],
  { reward, adam }: Hyperparameters,
  runtime: StageRuntime,
): Promise<void> {
  const { state, seed } = runtime;
  const whole = { totalSteps: stepCount(preferences.length, reward), breathsPerStep: reward.batchSize };
  let totalSteps = planSteps(runtime, whole);
  while (state.step < totalSteps) {
    const batch = batchAt(preferences, state.step, reward, { seed, name: 'reward' });
    const learningRate = learningRateAt(state.step, {
      ...reward,
      peak: reward.learningRate,
      shape: 'cosine',
      totalSteps,
    });
    const ordered: number[] = [];
    const step = await sumMicroBatches(batch, async (group) => {
      await runtime.breathe();
      const scored = await groupLoss(rewardModel, group, { runtime, reward, groupCount: batch.length });
      ordered.push(shareOrdered(group, scored.rewards));
      return scored;
    });
    const gradientNorm = updateTrainee(rewardModel, step, adam, learningRate);
    noteStep(state, { loss: step.loss, accuracy: mean(ordered), gradientNorm, learningRate });
    await runtime.afterStep();
    totalSteps = planSteps(runtime, whole);
  }
}

/** Fewest rewards that a mean is taken of: the spread of one is far larger than what it is to correct. */
const minRewards = 8;

/**
 * The mean reward of demonstrations: subtracted later, so that what the user wrote scores 0. Where
 * time runs out, the mean of those that were read by then.
 */
export async function meanReward(
  scorer: Scorer,
  demonstrations: readonly TokenSequence[],
  { sessions, breathe, secondsLeft }: Pick<StageRuntime, 'sessions' | 'breathe' | 'secondsLeft'>,
): Promise<number> {
  const rewards: number[] = [];
  for (const demonstration of demonstrations) {
    if (secondsLeft() <= 0 && rewards.length >= minRewards) break;
    await breathe();
    rewards.push(...(await scoreRewards(sessions, scorer, [demonstration])));
  }
  return mean(rewards);
}

interface GroupContext {
  readonly runtime: StageRuntime;
  readonly reward: Hyperparameters['reward'];
  readonly groupCount: number;
}

async function groupLoss(
  rewardModel: Trainee,
  group: PreferenceSequences,
  { runtime, reward, groupCount }: GroupContext,
): Promise<LossAndGradient & { readonly rewards: Float32Array }> {
  const batch = lastTokenBatch(group.sequences);
  const { rowCount } = batch;
  const graphOf: GraphOf = (model) => rewardGraph(model, reward.centring);
  const outputs = await runtime.sessions.run({ name: 'reward', model: rewardModel.model, graphOf }, batch, {
    pairWeights: floatTensor(pairWeights(group, rowCount, groupCount), [rowCount, rowCount]),
    theta: floatTensor(rewardModel.theta),
  });
  return {
    loss: floatsOf(outputs, 'loss')[0]!,
    gradient: floatsOf(outputs, 'gradient'),
    rewards: floatsOf(outputs, 'scalars'),
  };
}

/**
 * Weights [rows, rows] of the pairs (better, worse): together 1 / groupCount, a smoothed share of
 * each on the opposite pair.
 */
export function pairWeights(
  { pairs, labelSmoothing }: PreferenceSequences,
  rows: number,
  groupCount: number,
): Float32Array {
  const weights = new Float32Array(rows * rows);
  const weight = 1 / (pairs.length * groupCount);
  for (const [better, worse] of pairs) {
    weights[better * rows + worse]! += weight * (1 - labelSmoothing);
    weights[worse * rows + better]! += weight * labelSmoothing;
  }
  return weights;
}

/** Share of the pairs that the rewards put in the right order; equal rewards count a half. */
export function shareOrdered({ pairs }: PreferenceSequences, rewards: ArrayLike<number>): number {
  return mean(pairs.map(([better, worse]) => (1 + Math.sign(rewards[better]! - rewards[worse]!)) / 2));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
