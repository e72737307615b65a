/*
 * The two losses of PPO in float64 with their gradients: the oracle that the ONNX training graphs
 * are held to, and the source of the metrics that a run reports. Schulman et al. 2017,
 * arXiv:1707.06347, equation 7; the clipped value loss and all defaults follow Ziegler et al. 2019.
 *
 * Everything is divided by the token count of the whole minibatch, which the caller gives. So the
 * results of its micro-batches add up to the minibatch's, however it was cut (TRL averages each
 * micro-batch by itself, which depends on the cut).
 */

/** Log-ratios beyond it are cut before `exp`, as OpenRLHF and verl do: exp(20) is still a float32. */
const maxLogRatio = 20;

/** Tokens of one micro-batch as the policy loss sees them. */
export interface PolicyTokens {
  /** [N] under the policy being trained, at the sampling temperature. */
  readonly logProbs: ArrayLike<number>;
  /** [N] under the policy that sampled the tokens. */
  readonly oldLogProbs: ArrayLike<number>;
  /** [N] whitened. */
  readonly advantages: ArrayLike<number>;
}

/** The policy loss and what it says about the step. All are sums over tokens divided by `tokenCount`. */
export interface PolicyLoss {
  readonly loss: number;
  /** [N] d loss / d logProbs. */
  readonly gradient: Float64Array;
  /** Share of tokens whose gradient the clip took away, 0..1. */
  readonly clipShare: number;
  /** Mean of (logProb - oldLogProb)^2 / 2, in nats: 0 before the first step of a batch. */
  readonly approxKl: number;
  /** Mean probability ratio: 1 before the first step of a batch, near 1 while all is well. */
  readonly meanRatio: number;
}

/**
 * The clipped policy loss.
 *
 *   ratio = exp(clip(logProb - oldLogProb, -20, 20))
 *   loss  = sum max(-advantage * ratio, -advantage * clip(ratio, 1 - c, 1 + c)) / tokenCount
 *
 * @param clipRange c, how far one batch may move the probability of a token.
 */
export function policyLoss(tokens: PolicyTokens, clipRange: number, tokenCount: number): PolicyLoss {
  const gradient = new Float64Array(tokens.logProbs.length);
  let [loss, clipped, squaredLogRatio, ratioSum] = [0, 0, 0, 0];
  for (let i = 0; i < gradient.length; i++) {
    const logRatio = tokens.logProbs[i]! - tokens.oldLogProbs[i]!;
    const term = policyTerm(logRatio, tokens.advantages[i]!, clipRange);
    loss += term.loss;
    gradient[i] = term.gradient / tokenCount;
    clipped += term.isClipped ? 1 : 0;
    squaredLogRatio += logRatio * logRatio;
    ratioSum += term.ratio;
  }
  return {
    loss: loss / tokenCount,
    gradient,
    clipShare: clipped / tokenCount,
    approxKl: squaredLogRatio / 2 / tokenCount,
    meanRatio: ratioSum / tokenCount,
  };
}

function policyTerm(logRatio: number, advantage: number, clipRange: number) {
  const ratio = Math.exp(clamp(logRatio, maxLogRatio));
  const free = -advantage * ratio;
  const held = -advantage * Math.min(Math.max(ratio, 1 - clipRange), 1 + clipRange);
  const isClipped = held > free;
  const isFlat = isClipped || Math.abs(logRatio) > maxLogRatio;
  return { ratio, loss: Math.max(free, held), gradient: isFlat ? 0 : free, isClipped };
}

/** Tokens of one micro-batch as the value loss sees them. */
export interface ValueTokens {
  /** [N] of the critic being trained. */
  readonly values: ArrayLike<number>;
  /** [N] of the critic when the completions were sampled. */
  readonly oldValues: ArrayLike<number>;
  /** [N] not whitened. */
  readonly returns: ArrayLike<number>;
}

/** The value loss. All are sums over tokens divided by `tokenCount`. */
export interface ValueLoss {
  readonly loss: number;
  /** [N] d loss / d values. */
  readonly gradient: Float64Array;
  /** Share of tokens whose gradient the clip took away, 0..1. */
  readonly clipShare: number;
}

/**
 * The clipped value loss.
 *
 *   held = oldValue + clip(value - oldValue, -c, c)
 *   loss = sum max((value - return)^2, (held - return)^2) / 2 / tokenCount
 */
export function valueLoss(tokens: ValueTokens, valueClipRange: number, tokenCount: number): ValueLoss {
  const gradient = new Float64Array(tokens.values.length);
  let [loss, clipped] = [0, 0];
  for (let i = 0; i < gradient.length; i++) {
    const error = tokens.values[i]! - tokens.returns[i]!;
    const moved = tokens.values[i]! - tokens.oldValues[i]!;
    const heldError = tokens.oldValues[i]! + clamp(moved, valueClipRange) - tokens.returns[i]!;
    const isClipped = Math.abs(moved) > valueClipRange && Math.abs(heldError) > Math.abs(error);
    loss += (isClipped ? heldError * heldError : error * error) / 2;
    gradient[i] = isClipped ? 0 : error / tokenCount;
    clipped += isClipped ? 1 : 0;
  }
  return { loss: loss / tokenCount, gradient, clipShare: clipped / tokenCount };
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}
