import { mean } from '../gate/statistics.ts';

/** How a reward model's number becomes the score of one completion. */
export interface ScoreSettings {
  /** Mean reward of the user's own demonstrations; subtracted, so that they score 0 (N+ details, 15). */
  readonly rewardBias: number;
  /** Scores are cut to [-scoreClip, scoreClip]: a reward model is not to be believed far out. */
  readonly scoreClip: number;
  /** What a completion scores that was cut off before it ended. */
  readonly unfinishedScore: number;
}

/**
 * The score of one completion. A completion that did not end by itself gets `unfinishedScore` in
 * place of what the reward model says, as Ziegler et al. do and Huang et al. call the EOS trick
 * (arXiv:2403.17031, detail 23): the reward model never saw half completions. TRL subtracts instead.
 */
export function scoreCompletion(
  reward: number,
  isFinished: boolean,
  { rewardBias, scoreClip, unfinishedScore }: ScoreSettings,
): number {
  if (!isFinished) return unfinishedScore;
  return Math.min(Math.max(reward - rewardBias, -scoreClip), scoreClip);
}

/**
 * What is believed of a reward model's number: the mean of its heads less `doubt` of their standard deviations,
 * so that PPO does not climb where the heads, each trained on another weighting of the same preferences, say
 * different things. Coste et al. (arXiv:2310.02743, their uncertainty-weighted optimisation) take the variance off the mean of whole models;
 * the deviation is in the reward's own unit.
 *
 * @param heads [H] their numbers for one completion; a single one is never in doubt.
 */
export function cautiousReward(heads: readonly number[], doubt: number): number {
  const average = mean(heads);
  const variance = mean(heads.map((head) => (head - average) ** 2));
  return average - doubt * Math.sqrt(variance);
}

/** What the sampling policy and the reference policy think of a completion's tokens. */
export interface TokenLogProbs {
  /** [T] of the policy that sampled the tokens, at the sampling temperature. */
  readonly logProbs: ArrayLike<number>;
  /** [T] of the frozen reference policy, at the same temperature. */
  readonly refLogProbs: ArrayLike<number>;
}

/**
 * The reward of each token: the KL penalty everywhere, the score on the last token on top of it.
 *
 *   reward[t]    = -klCoefficient * (logProb[t] - refLogProb[t])
 *   reward[last] += score
 *
 * The last token is the end-of-text token of a finished completion. TRL puts the score one position
 * later, on padding; we do not. The penalty is k1, the difference itself: noisy and now and then
 * negative, but its expectation is the KL (Schulman 2020, "Approximating KL divergence").
 *
 * @returns [T]
 */
export function rewardTokens(
  { logProbs, refLogProbs }: TokenLogProbs,
  score: number,
  klCoefficient: number,
): Float64Array {
  const rewards = Float64Array.from(logProbs, (logProb, t) => -klCoefficient * (logProb - refLogProbs[t]!));
  if (rewards.length > 0) rewards[rewards.length - 1]! += score;
  return rewards;
}
