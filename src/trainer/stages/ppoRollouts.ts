import { computeGae } from '../advantages.ts';
import { freeTokenCount, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { estimateKl } from '../klControl.ts';
import { rewardTokens, scoreCompletion } from '../rewards.ts';
import { whiten } from '../whiten.ts';
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
 * The rollouts with log-probabilities, values and advantages, all from full forward passes. Rollouts
 * in which the policy was free to choose nothing are left out.
 */
export async function scoreRollouts(
  models: PpoModels,
  rollouts: readonly Rollout[],
  ppo: Hyperparameters['ppo'],
  runtime: StageRuntime,
): Promise<ScoredRollout[]> {
  const scored: ScoredRollout[] = [];
  for (const rollout of rollouts) {
    if (freeTokenCount(rollout.sequence) === 0) continue;
    await runtime.breathe();
    scored.push(await scoreRollout(models, rollout, ppo, runtime));
  }
  const advantages = whiten(
    scored.map((rollout) => rollout.advantages),
    { shiftMean: true, variance: 'biased' },
  );
  return scored.map((rollout, i) => ({ ...rollout, advantages: advantages[i]! }));
}

/** Advantages are not whitened yet. The bias is taken off rewards and values alike, and put back on the targets. */
async function scoreRollout(
  { policy, reference, critic, rewardBias }: PpoModels,
  { sequence, isFinished, reward }: Rollout,
  ppo: Hyperparameters['ppo'],
  { sessions, state }: StageRuntime,
): Promise<ScoredRollout> {
  const logProbs = await scoreLogProbs(sessions, policy, sequence, ppo.temperature);
  const refLogProbs = await scoreLogProbs(sessions, reference, sequence, ppo.temperature);
  const values = await scoreValues(sessions, critic, sequence);
  const score = scoreCompletion(reward, isFinished, { ...ppo, rewardBias });
  const rewards = rewardTokens({ logProbs, refLogProbs }, score, state.numbers['klCoefficient']!);
  const gae = computeGae({ rewards, values: values.map((value) => value - rewardBias) }, ppo);
  const logRatios = Array.from(logProbs, (logProb, t) => logProb - refLogProbs[t]!);
  return {
    sequence,
    score,
    logProbs,
    values,
    klPerCompletion: logRatios.reduce((sum, logRatio) => sum + estimateKl('k1', logRatio), 0),
    returns: gae.returns.map((value) => value + rewardBias),
    advantages: gae.advantages,
  };
}
