/** One rollout as the critic saw it. */
export interface RolloutRewards {
  /** [T] per completion token, KL penalty already subtracted, not whitened. */
  readonly rewards: ArrayLike<number>;
  /** [T] value head output before each completion token. */
  readonly values: ArrayLike<number>;
}

/** How far a reward reaches back. */
export interface GaeSettings {
  readonly gamma: number;
  readonly lambda: number;
}

/** What each token was worth beyond expectation, and what the critic should have said. */
export interface Advantages {
  /** [T], not whitened: whitening needs the whole batch. */
  readonly advantages: Float64Array;
  /** [T] `advantages + values`, the critic's target. */
  readonly returns: Float64Array;
}

/**
 * Generalised advantage estimates for one rollout, walked from the last token back.
 *
 *   delta[t]     = reward[t] + gamma * value[t+1] - value[t]
 *   advantage[t] = delta[t] + gamma * lambda * advantage[t+1]
 *
 * Past the last token both value and advantage are 0: a completion always ends, so there is nothing
 * to bootstrap from.
 *
 * Schulman et al. 2015, arXiv:1506.02438, section 3.
 */
export function computeGae({ rewards, values }: RolloutRewards, { gamma, lambda }: GaeSettings): Advantages {
  const advantages = new Float64Array(rewards.length);
  const returns = new Float64Array(rewards.length);
  let nextAdvantage = 0;
  let nextValue = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = rewards[t]! + gamma * nextValue - values[t]!;
    nextAdvantage = delta + gamma * lambda * nextAdvantage;
    nextValue = values[t]!;
    advantages[t] = nextAdvantage;
    returns[t] = nextAdvantage + nextValue;
  }
  return { advantages, returns };
}
