/*
 * The losses of the reward model in float64 with their gradients: the oracle of the ONNX training
 * graph and the source of its metrics. All scores of one call belong to one prompt.
 */

/** One comparison inside a group of completions, as indices: the first is better than the second. */
export type PreferencePair = readonly [better: number, worse: number];

/** A loss over the scores of one prompt's completions. */
export interface PreferenceLoss {
  readonly loss: number;
  /** [K] d loss / d scores. */
  readonly gradient: Float64Array;
}

/** What a pair may carry beyond its order. */
export interface PairSettings {
  /** Share of pairs that are probably the wrong way round, 0..0.5 (cDPO's label smoothing). */
  readonly labelSmoothing: number;
  /** Weight of (better + worse)^2, which keeps scores near 0; TRL recommends 0.01. */
  readonly centring: number;
  /** [K] How much each pair counts, together at most 1. Absent: all alike, together 1. */
  readonly shares?: readonly number[] | undefined;
}

/**
 * Bradley and Terry's loss, the mean over the given pairs of one prompt, or their sum weighted by `shares`.
 *
 *   d    = score[better] - score[worse]
 *   loss = mean[ -(1 - e) * log sigmoid(d) - e * log sigmoid(-d) + c * (score[better] + score[worse])^2 ]
 *
 * With all pairs of a ranking this is InstructGPT's K-wise loss (arXiv:2203.02155, equation 1),
 * except that it divides by the pairs that there are, not by C(K,2): a tie is no pair.
 */
export function pairwiseLoss(
  scores: ArrayLike<number>,
  pairs: readonly PreferencePair[],
  { labelSmoothing, centring, shares }: PairSettings,
): PreferenceLoss {
  const gradient = new Float64Array(scores.length);
  let loss = 0;
  for (const [i, [better, worse]] of pairs.entries()) {
    const share = shares?.[i] ?? 1 / pairs.length;
    const lead = scores[better]! - scores[worse]!;
    const sum = scores[better]! + scores[worse]!;
    const pull = share * (labelSmoothing - sigmoid(-lead));
    const centre = share * 2 * centring * sum;
    loss += share * (softplus(-lead) + labelSmoothing * lead + centring * sum * sum);
    gradient[better]! += pull + centre;
    gradient[worse]! += centre - pull;
  }
  return { loss, gradient };
}

/** All pairs a ranking stands for; rank 1 is best, and equal ranks give no pair. */
export function pairsOfRanks(ranks: ArrayLike<number>): PreferencePair[] {
  const pairs: PreferencePair[] = [];
  for (let i = 0; i < ranks.length; i++) {
    for (let j = 0; j < ranks.length; j++) if (ranks[i]! < ranks[j]!) pairs.push([i, j]);
  }
  return pairs;
}

/** What Kahneman-Tversky optimisation is told about one completion. */
export interface KtoCompletion {
  /** log policy(completion) - log reference(completion), in nats. */
  readonly logRatio: number;
  readonly isDesirable: boolean;
}

/**
 * The KTO loss of one completion that was kept or refused, with weight 1 on both sides.
 *
 *   desirable   1 - sigmoid(beta * (logRatio - klReference))
 *   undesirable 1 - sigmoid(beta * (klReference - logRatio))
 *
 * `klReference` is the batch's mean log-ratio of mismatched completions, at least 0, taken as a
 * constant. Ethayarajh et al. 2024, arXiv:2402.01306, equation 8.
 */
export function ktoLoss(
  { logRatio, isDesirable }: KtoCompletion,
  klReference: number,
  beta: number,
): { readonly loss: number; readonly gradient: number } {
  const sign = isDesirable ? 1 : -1;
  const kept = sigmoid(sign * beta * (logRatio - klReference));
  return { loss: 1 - kept, gradient: -sign * beta * kept * (1 - kept) };
}

/** log(1 + exp(x)) without overflow; -log sigmoid(x) is softplus(-x). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
