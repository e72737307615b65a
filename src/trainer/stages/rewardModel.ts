import { RandomStream } from '../../engine/random.ts';
import type { ParameterLayout } from '../../engine/model/parameterLayout.ts';
import { floatTensor, floatsOf } from '../../engine/runtime/session.ts';
import { headCountOf, rewardGraph, scalarLayout, scoreHeadName } from '../graphs/scalarGraph.ts';
import type { GraphOf } from '../graphs/graphSessions.ts';
import { lastTokenBatch, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { TrainedModel } from '../graphs/trainingInputs.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { cautiousReward } from './rewards.ts';
import { mean } from '../gate/statistics.ts';
import { perRow, scoreHeads, type Scorer } from './scoring.ts';
import type { StageRuntime } from './stage.ts';
import { lossAndGradient, sumMicroBatches, type LossAndGradient, type Trainee } from './trainee.ts';
import { trainInSteps, type BatchLoss } from './trainInSteps.ts';

/** All completions of one prompt and what is known about their order. */
export interface PreferenceSequences {
  readonly sequences: readonly TokenSequence[];
  /** [better, worse] by index into `sequences`; ties have no pair. */
  readonly pairs: readonly (readonly [number, number])[];
  /** How much each pair counts, together at most 1 (`pairShares`). Absent: all alike, together 1. */
  readonly shares?: readonly number[];
  /** Share of wrong pairs that is expected, 0 to 0.5 (conservative loss of arXiv:2305.18290's cDPO note). */
  readonly labelSmoothing: number;
  /** Index of silence among them; absent where it was not compared. */
  readonly silence?: number | undefined;
}

/** A reward model, and how much of its heads' disagreement is taken off a reward. */
export interface RewardJudge extends Scorer {
  /** In standard deviations (`cautiousReward`). */
  readonly doubt: number;
}

/**
 * A reward model before training: the SFT policy's adapter as its trunk, and heads drawn from
 * N(0, 1/(E+1)^2), OpenRLHF's. Stiennon et al. 2020 (arXiv:2009.01325) have the deviation
 * 1/sqrt(E+1), under which scores begin several units apart; the few steps of one user's data would
 * be spent on undoing that.
 */
export function newRewardTheta(
  model: TrainedModel,
  policyTheta: Float32Array,
  { seed, heads }: { readonly seed: number; readonly heads: number },
): { readonly model: TrainedModel; readonly theta: Float32Array } {
  const { config, lora } = model;
  const layout = scalarLayout(config, lora, heads);
  const theta = new Float32Array(layout.size);
  theta.set(policyTheta);
  const stream = RandomStream.named(seed, 'reward head');
  const deviation = 1 / (config.embeddingSize + 1);
  const drawn = headsOf(layout, theta);
  for (let i = 0; i < drawn.length; i++) drawn[i] = stream.nextNormal() * deviation;
  return { model: { ...model, layout }, theta };
}

/**
 * The reward model that gives the mean of another's heads: heads are linear, so the mean of their weights is
 * one. What is kept and exported: PEFT and TRL have one.
 */
export function withMeanHead({ model, theta }: Scorer): Scorer {
  const { config, lora, layout } = model;
  const one = scalarLayout(config, lora);
  const heads = headsOf(layout, theta);
  const joined = theta.slice(0, one.size);
  const head = headsOf(one, joined).fill(0);
  heads.forEach((weight, i) => (head[i % config.embeddingSize]! += weight / headCountOf(layout)));
  return { model: { ...model, layout: one }, theta: joined };
}

/** The heads' part of a parameter vector, [H * E]: behind all factors. */
function headsOf(layout: ParameterLayout, theta: Float32Array): Float32Array {
  return theta.subarray(layout.slots.find(({ name }) => name === scoreHeadName)!.offset);
}

/**
 * Trains the reward model on preferences; every prompt counts alike, however many pairs it has. Of several
 * heads each has a weighting of the prompts of its own, so that they differ where few preferences decide.
 *
 * @returns why it stopped early, or `undefined` when it ran to its end.
 */
export async function runRewardModel(
  rewardModel: Trainee,
  preferences: readonly PreferenceSequences[],
  { reward, adam }: Hyperparameters,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const weighted = preferences.map((group, i) => ({
    ...group,
    headWeights: headWeights(reward, { seed: runtime.seed, prompt: i }),
  }));
  return trainInSteps(
    {
      ...{ trainee: rewardModel, name: 'reward', examples: weighted, settings: reward, adam },
      lossOf: (batch) => batchLoss(rewardModel, batch, reward, runtime),
    },
    runtime,
  );
}

/** The mean loss of a prompt, and the share of pairs that are in the right order. */
async function batchLoss(
  rewardModel: Trainee,
  batch: readonly WeightedPreferences[],
  reward: Hyperparameters['reward'],
  runtime: StageRuntime,
): Promise<BatchLoss> {
  const ordered: number[] = [];
  const sum = await sumMicroBatches(batch, async (group) => {
    await runtime.breathe();
    const scored = await groupLoss(rewardModel, group, { runtime, reward, groupCount: batch.length });
    ordered.push(shareOrdered(group, scored.rewards));
    return scored;
  });
  return { ...sum, noted: { accuracy: mean(ordered) } };
}

/**
 * How much a prompt counts for each head [H], with 1 / H expected: weights from the exponential distribution, the Bayesian
 * bootstrap (Rubin 1981). Heads on one trunk, each with a resample of its own, tell what is uncertain as whole
 * models do (Osband et al. 2016, arXiv:1602.04621), at the price of one. A single head has the plain mean.
 */
export function headWeights(
  { heads }: Pick<Hyperparameters['reward'], 'heads'>,
  { seed, prompt }: { readonly seed: number; readonly prompt: number },
): number[] {
  if (heads === 1) return [1];
  const random = RandomStream.named(seed, `reward bootstrap ${prompt}`);
  return Array.from({ length: heads }, () => -Math.log(1 - random.nextUniform()) / heads);
}

/** Fewest rewards that a mean is taken of: the spread of one is far larger than what it is to correct. */
const minRewards = 8;

/**
 * The mean reward of demonstrations: subtracted later, so that what the user wrote scores 0. Where
 * time runs out, the mean of those that were read by then.
 */
export async function meanReward(
  judge: RewardJudge,
  demonstrations: readonly TokenSequence[],
  { sessions, breathe, secondsLeft }: Pick<StageRuntime, 'sessions' | 'breathe' | 'secondsLeft'>,
): Promise<number> {
  const rewards: number[] = [];
  for (const demonstration of demonstrations) {
    if (secondsLeft() <= 0 && rewards.length >= minRewards) break;
    await breathe();
    const [heads] = await scoreHeads(sessions, judge, [demonstration]);
    rewards.push(cautiousReward(heads!, judge.doubt));
  }
  return mean(rewards);
}

interface WeightedPreferences extends PreferenceSequences {
  readonly headWeights: readonly number[];
}

interface GroupContext {
  readonly runtime: StageRuntime;
  readonly reward: Hyperparameters['reward'];
  readonly groupCount: number;
}

async function groupLoss(
  rewardModel: Trainee,
  group: WeightedPreferences,
  { runtime, reward, groupCount }: GroupContext,
): Promise<LossAndGradient & { readonly rewards: readonly number[] }> {
  const batch = lastTokenBatch(group.sequences);
  const { rowCount } = batch;
  const graphOf: GraphOf = (model) => rewardGraph(model, reward.centring);
  const outputs = await runtime.sessions.run({ name: 'reward', model: rewardModel.model, graphOf }, batch, {
    pairWeights: floatTensor(pairWeights(group, rowCount, groupCount), [rowCount, rowCount]),
    headWeights: floatTensor(group.headWeights),
    theta: floatTensor(rewardModel.theta),
  });
  return {
    ...lossAndGradient(outputs),
    rewards: perRow(floatsOf(outputs, 'scalars'), rowCount).map(mean),
  };
}

/**
 * Weights [rows, rows] of the pairs (better, worse): together 1 / groupCount, or less where a file said so, a smoothed
 * share of each on the opposite pair.
 */
export function pairWeights(
  { pairs, shares, labelSmoothing }: PreferenceSequences,
  rows: number,
  groupCount: number,
): Float32Array {
  const weights = new Float32Array(rows * rows);
  for (const [i, [better, worse]] of pairs.entries()) {
    const weight = (shares?.[i] ?? 1 / pairs.length) / groupCount;
    weights[better * rows + worse]! += weight * (1 - labelSmoothing);
    weights[worse * rows + better]! += weight * labelSmoothing;
  }
  return weights;
}

/** Share of the pairs that the rewards put in the right order; equal rewards count a half. */
export function shareOrdered({ pairs }: PreferenceSequences, rewards: readonly number[]): number {
  return mean(pairs.map(([better, worse]) => (1 + Math.sign(rewards[better]! - rewards[worse]!)) / 2));
}
