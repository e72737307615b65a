import { asBelieved, chanceOf, logitOf } from '../../completion/trimming/confidence.ts';
import { furtherAsBelieved } from '../../completion/trimming/goingOn.ts';
import type { ChanceCurve } from '../../engine/policy.ts';
import { softplus } from '../stages/preferenceLoss.ts';

/** A part of what a policy wrote, and how much of it the user wrote as well. */
export interface JudgedPart {
  /** Natural log-probability that the policy gave to all up to its end. */
  readonly logProb: number;
  /** Of its characters, those that a user would keep, 0 to 1. */
  readonly keptShare: number;
  /** What it counts; all parts of a line together 1. */
  readonly weight: number;
}

/**
 * What is believed of a curve before anything was judged: independent normal distributions around a policy that is as often
 * right as it believes, as wide as the curves of two models on the development projects differ from that, before and
 * after fine-tuning: intercepts from -0.5 to 0.5, slopes from 0.8 to 1.3 (`docs/learning.md`).
 */
export const prior: CurvePrior = {
  intercept: { mean: asBelieved.intercept, deviation: 0.4 },
  slope: { mean: asBelieved.slope, deviation: 0.25 },
};

/**
 * The same of further lines. On three development projects they are right every second time that they are believed in with 0.63 to 0.73,
 * after fine-tuning with 0.46 to 0.61, so the intercepts are 0.2 below to 1.5 above the mean here (`docs/multiline.md`).
 */
const furtherPrior: CurvePrior = {
  intercept: { mean: furtherAsBelieved.intercept, deviation: 0.8 },
  slope: { mean: furtherAsBelieved.slope, deviation: 0.25 },
};

/** Independent normal distributions of a curve's two numbers. */
interface CurvePrior {
  readonly intercept: Belief;
  readonly slope: Belief;
}

interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** With fewer whole lines kept or refused, put together, nothing was seen of what tells them apart. */
const minOfEach = 5;

/** Newton's method on a convex function of two numbers is exact to rounding after ten steps; more only for odd data. */
const maxSteps = 50;

/**
 * The likeliest curve by the parts and the prior (maximum a posteriori), by Newton's method: the chance that a
 * character of a text is kept, sigmoid(intercept + slope * logit) (Platt 1999). A part that is kept in part counts in
 * between. `undefined` where too little was kept or refused, or where surer ones were not kept more.
 */
export function fitChanceCurve(parts: readonly JudgedPart[]): ChanceCurve | undefined {
  const kept = parts.reduce((sum, { keptShare, weight }) => sum + weight * keptShare, 0);
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  return Math.min(kept, all - kept) < minOfEach ? undefined : likeliestCurve(parts, prior);
}

/** The same of further lines, each a part; of few not much is learned. */
export function fitFurtherCurve(parts: readonly JudgedPart[]): ChanceCurve | undefined {
  return likeliestCurve(parts, furtherPrior);
}

function likeliestCurve(parts: readonly JudgedPart[], prior: CurvePrior): ChanceCurve | undefined {
  let fit: ChanceCurve = { intercept: prior.intercept.mean, slope: prior.slope.mean };
  for (let step = 0; step < maxSteps; step++) {
    const next = newtonStep(fit, { parts, prior });
    const change = Math.abs(next.intercept - fit.intercept) + Math.abs(next.slope - fit.slope);
    fit = next;
    if (change < 1e-10) break;
  }
  return fit.slope > 0 ? fit : undefined;
}

/** What a curve is fitted to. */
interface Known {
  readonly parts: readonly JudgedPart[];
  readonly prior: CurvePrior;
}

/** One step of Newton's method down the loss, halved until it goes down. */
function newtonStep(at: ChanceCurve, { parts, prior }: Known): ChanceCurve {
  const [intercept, slope] = [priorTerms(at.intercept, prior.intercept), priorTerms(at.slope, prior.slope)];
  let [g0, g1, h00, h01, h11] = [intercept.gradient, slope.gradient, intercept.curvature, 0, slope.curvature];
  for (const { logProb, keptShare, weight } of parts) {
    const [chance, logit] = [chanceOf(logProb, at), logitOf(logProb)];
    const [error, curvature] = [weight * (chance - keptShare), weight * chance * (1 - chance)];
    g0 += error;
    g1 += error * logit;
    h00 += curvature;
    h01 += curvature * logit;
    h11 += curvature * logit ** 2;
  }
  const determinant = h00 * h11 - h01 ** 2;
  const [d0, d1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
  const before = lossOf(at, { parts, prior });
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = { intercept: at.intercept - share * d0, slope: at.slope - share * d1 };
    if (lossOf(next, { parts, prior }) <= before) return next;
  }
  return at;
}

/** The negative logarithm of a belief's density, but for a constant, with its derivatives. */
function priorTerms(value: number, { mean, deviation }: Belief) {
  const distance = (value - mean) / deviation;
  return { loss: distance ** 2 / 2, gradient: distance / deviation, curvature: 1 / deviation ** 2 };
}

/** Cross-entropy of all parts, in nats, and the prior. */
function lossOf({ intercept, slope }: ChanceCurve, { parts, prior }: Known): number {
  const believed = priorTerms(intercept, prior.intercept).loss + priorTerms(slope, prior.slope).loss;
  return parts.reduce((sum, { logProb, keptShare, weight }) => {
    const score = intercept + slope * logitOf(logProb);
    return sum + weight * (softplus(score) - keptShare * score);
  }, believed);
}
