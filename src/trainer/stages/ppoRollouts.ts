import { computeGae } from './advantages.ts';
import { freeTokenCount, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { rewardTokens, scoreCompletion } from './rewards.ts';
import { sumOf } from '../gate/statistics.ts';
import { whiten } from './whiten.ts';
import { scoreLogProbs, scoreValues, type Scorer } from './scoring.ts';
import type { StageRuntime } from './stage.ts';
import type { Trainee } from './trainee.ts';

/** A completion that the policy being trained has just sampled. */
export interface Rollout {
  readonly sequence: TokenSequence;
  /** It ended by itself, by an end-of-text token or where a completion ends, and not by length. */
  readonly isFinished: boolean;
  /** What the reward model says, `rewardBias` not yet subtracted. */
  readonly reward: number;
}

/** Samples and scores one batch of rollouts from the policy `theta`. */
export type SampleRollouts = (theta: Float32Array, iteration: number) => Promise<readonly Rollout[]>;

/** What PPO trains and what it holds on to. */
export interface PpoModels {
  readonly policy: Trainee;
  /** Starts as a copy of the reward model. */
  readonly critic: Trainee;
  /** The frozen SFT policy; never the bare base model, which is TRL's trap with adapters. */
  readonly reference: Scorer;
  /** Subtracted from rewards and from the critic's values alike. */
  readonly rewardBias: number;
}

/** One rollout with everything the losses need, per free token. */
export interface ScoredRollout {
  readonly sequence: TokenSequence;
  readonly score: number;
  /** [free tokens] of the policy that sampled them. */
  readonly logProbs: Float32Array;
  /** [free tokens] of the critic at that time, as its head gives them. */
  readonly values: Float32Array;
  /** Sum over the tokens of logProb - refLogProb, in nats. */
  readonly klPerCompletion: number;
  /** [free tokens] what the critic's head should have given. */
  readonly returns: Float64Array;
  /** [free tokens], whitened over the iteration's rollouts. */
  readonly advantages: Float64Array;
}

/**
 * The rollouts with log-probabilities, values and advantages, all from full forward passes, one per
 * prompt and model. Rollouts in which the policy was free to choose nothing are left out.
 *
 * @param groups rollouts of one prompt each.
 */
export async function scoreRollouts(
  models: PpoModels,
  groups: readonly (readonly Rollout[])[],
  ppo: Hyperparameters['ppo'],
  runtime: StageRuntime,
): Promise<ScoredRollout[][]> {
  const scored: ScoredRollout[][] = [];
  for (const group of groups) {
    const free = group.filter(({ sequence }) => freeTokenCount(sequence) > 0);
    if (free.length > 0) scored.push(await scoreGroup(models, free, ppo, runtime));
  }
  return whitenAdvantages(scored);
}

/** Advantages are not whitened yet. */
async function scoreGroup(
  { policy, reference, critic, rewardBias }: PpoModels,
  rollouts: readonly Rollout[],
  ppo: Hyperparameters['ppo'],
  { sessions, state, breathe }: StageRuntime,
): Promise<ScoredRollout[]> {
  const sequences = rollouts.map(({ sequence }) => sequence);
  await breathe();
  const logProbs = await scoreLogProbs(sessions, policy, sequences, ppo.temperature);
  await breathe();
  const refLogProbs = await scoreLogProbs(sessions, reference, sequences, ppo.temperature);
  await breathe();
  const values = await scoreValues(sessions, critic, sequences);
  const settings = { ppo, rewardBias, klCoefficient: state.numbers['klCoefficient']! };
  return rollouts.map((rollout, i) =>
    scoreRollout(
      rollout,
      { logProbs: logProbs[i]!, refLogProbs: refLogProbs[i]!, values: values[i]! },
      settings,
    ),
  );
}

/** The bias is taken off rewards and values alike, and put back on the targets. */
function scoreRollout(
  { sequence, isFinished, reward }: Rollout,
  { logProbs, refLogProbs, values }: Record<'logProbs' | 'refLogProbs' | 'values', Float32Array>,
  settings: {
    readonly ppo: Hyperparameters['ppo'];
    readonly rewardBias: number;
    readonly klCoefficient: number;
  },
): ScoredRollout {
  const { ppo, rewardBias, klCoefficient } = settings;
  const score = scoreCompletion(reward, isFinished, { ...ppo, rewardBias });
  const rewards = rewardTokens({ logProbs, refLogProbs }, score, klCoefficient);
  const { advantages, returns } = computeGae(
    { rewards, values: values.map((value) => value - rewardBias) },
    ppo,
  );
  const logRatios = Array.from(logProbs, (logProb, t) => logProb - refLogProbs[t]!);
  const klPerCompletion = sumOf(logRatios);
  const targets = returns.map((value) => value + rewardBias);
  return { sequence, score, logProbs, values, klPerCompletion, returns: targets, advantages };
}

function whitenAdvantages(groups: readonly ScoredRollout[][]): ScoredRollout[][] {
  const rows = groups.flat().map(({ advantages }) => advantages);
  const whitened = whiten(rows).values();
  return groups.map((group) => group.map((rollout) => ({ ...rollout, advantages: whitened.next().value! })));
}
