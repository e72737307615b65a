import { chanceOf } from '../completion/confidence.ts';
import type { Calibration } from '../engine/policy.ts';

/** A text that a policy wrote, and how much of it the user wrote as well. */
export interface JudgedText {
  /** Natural log-probability that the policy gave to it. */
  readonly logProb: number;
  /** Of its characters, those that a user would keep, 0 to 1. */
  readonly keptShare: number;
}

/**
 * What is believed of a curve before anything was judged: independent normal distributions around what the curves of
 * two models on the development projects were, before and after fine-tuning, as wide as those differed
 * (`docs/learning.md`). A hundred judged texts outweigh it; with ten it is most of what is known.
 */
export const prior = {
  intercept: { mean: 1.2, deviation: 0.7 },
  slope: { mean: 0.9, deviation: 0.35 },
} as const;

/** With fewer whole texts kept or refused, put together, nothing was seen of what tells them apart. */
const minOfEach = 5;

/** Newton's method on a convex function of two numbers is exact to rounding after ten steps; more only for odd data. */
const maxSteps = 50;

/**
 * The likeliest curve by the texts and the prior (maximum a posteriori), by Newton's method: the chance that a
 * character of a text is kept, sigmoid(intercept + slope * logProb) (Platt 1999). A text that is kept in part counts in
 * between. `undefined` where too little was kept or refused, or where surer texts were not kept more.
 */
export function fitChanceCurve(texts: readonly JudgedText[]): Calibration | undefined {
  const kept = texts.reduce((sum, { keptShare }) => sum + keptShare, 0);
  if (Math.min(kept, texts.length - kept) < minOfEach) return undefined;
  let fit: Calibration = { intercept: prior.intercept.mean, slope: prior.slope.mean };
  for (let step = 0; step < maxSteps; step++) {
    const next = newtonStep(fit, texts);
    const change = Math.abs(next.intercept - fit.intercept) + Math.abs(next.slope - fit.slope);
    fit = next;
    if (change < 1e-10) break;
  }
  return fit.slope > 0 ? fit : undefined;
}

/** One step of Newton's method down the loss, halved until it goes down. */
function newtonStep(at: Calibration, texts: readonly JudgedText[]): Calibration {
  const [intercept, slope] = [priorTerms(at.intercept, prior.intercept), priorTerms(at.slope, prior.slope)];
  let [g0, g1, h00, h01, h11] = [intercept.gradient, slope.gradient, intercept.curvature, 0, slope.curvature];
  for (const { logProb, keptShare } of texts) {
    const chance = chanceOf(logProb, at);
    const [error, weight] = [chance - keptShare, chance * (1 - chance)];
    g0 += error;
    g1 += error * logProb;
    h00 += weight;
    h01 += weight * logProb;
    h11 += weight * logProb ** 2;
  }
  const determinant = h00 * h11 - h01 ** 2;
  const [d0, d1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
  const before = lossOf(at, texts);
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = { intercept: at.intercept - share * d0, slope: at.slope - share * d1 };
    if (lossOf(next, texts) <= before) return next;
  }
  return at;
}

/** A normal distribution of the prior. */
type Belief = (typeof prior)[keyof typeof prior];

/** The negative logarithm of a belief's density, but for a constant, with its derivatives. */
function priorTerms(value: number, { mean, deviation }: Belief) {
  const distance = (value - mean) / deviation;
  return { loss: distance ** 2 / 2, gradient: distance / deviation, curvature: 1 / deviation ** 2 };
}

/** Cross-entropy of all texts, in nats, and the prior. */
function lossOf({ intercept, slope }: Calibration, texts: readonly JudgedText[]): number {
  const believed = priorTerms(intercept, prior.intercept).loss + priorTerms(slope, prior.slope).loss;
  return texts.reduce((sum, { logProb, keptShare }) => {
    const score = intercept + slope * logProb;
    return sum + softplus(score) - keptShare * score;
  }, believed);
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
