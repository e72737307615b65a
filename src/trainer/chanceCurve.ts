import type { ChanceCurve } from '../completion/confidence.ts';

/** A text that a policy wrote, and how much of it the user wrote as well. */
export interface JudgedText {
  /** Natural log-probability that the policy gave to it. */
  readonly logProb: number;
  /** Of its characters, those that a user would keep, 0 to 1. */
  readonly keptShare: number;
}

/** With fewer whole texts kept or refused, put together, the curve would follow single texts; what it gains is tried before it serves. */
const minOfEach = 5;

/** Standard deviation of the log-probabilities, in nats, below which all texts are equally sure. */
const minSpread = 0.05;

/** Newton's method on a convex function of two numbers is exact to rounding after ten steps; more only for odd data. */
const maxSteps = 50;

/**
 * The curve under which the texts are likeliest, by Newton's method: the chance that a character of a
 * text is kept. Kept and refused count as (n + 1) / (n + 2) and 1 / (n + 2), which keeps the curve finite where the two
 * do not overlap (Platt 1999, section 2.2; Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs");
 * a text that is kept in part counts in between.
 *
 * `undefined` where too little was kept or refused, where all are equally sure, or where surer texts were not
 * kept more.
 */
export function fitChanceCurve(texts: readonly JudgedText[]): ChanceCurve | undefined {
  const kept = texts.reduce((sum, { keptShare }) => sum + keptShare, 0);
  const refused = texts.length - kept;
  if (Math.min(kept, refused) < minOfEach) return undefined;
  if (spreadOf(texts.map(({ logProb }) => logProb)) < minSpread) return undefined;
  const targetOf = targetsFor(kept, refused);
  let fit: ChanceCurve = { intercept: 0, slope: 0 };
  for (let step = 0; step < maxSteps; step++) {
    const next = newtonStep(fit, texts, targetOf);
    const change = Math.abs(next.intercept - fit.intercept) + Math.abs(next.slope - fit.slope);
    fit = next;
    if (change < 1e-10) break;
  }
  return Number.isFinite(fit.intercept) && fit.slope > 0 ? fit : undefined;
}

type TargetOf = (text: JudgedText) => number;

function targetsFor(kept: number, refused: number): TargetOf {
  const high = (kept + 1) / (kept + 2);
  const low = 1 / (refused + 2);
  return ({ keptShare }) => low + keptShare * (high - low);
}

/** One step of Newton's method down the mean cross-entropy, halved until it goes down. */
function newtonStep(at: ChanceCurve, texts: readonly JudgedText[], targetOf: TargetOf): ChanceCurve {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
  for (const text of texts) {
    const chance = sigmoid(at.intercept + at.slope * text.logProb);
    const [error, weight] = [chance - targetOf(text), chance * (1 - chance)];
    g0 += error;
    g1 += error * text.logProb;
    h00 += weight;
    h01 += weight * text.logProb;
    h11 += weight * text.logProb ** 2;
  }
  const determinant = h00 * h11 - h01 ** 2;
  const [d0, d1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
  const before = crossEntropy(at, texts, targetOf);
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = { intercept: at.intercept - share * d0, slope: at.slope - share * d1 };
    if (crossEntropy(next, texts, targetOf) <= before) return next;
  }
  return at;
}

/** Sum over all texts, in nats. */
function crossEntropy(
  { intercept, slope }: ChanceCurve,
  texts: readonly JudgedText[],
  targetOf: TargetOf,
): number {
  return texts.reduce((sum, text) => {
    const score = intercept + slope * text.logProb;
    return sum + softplus(score) - targetOf(text) * score;
  }, 0);
}

function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
