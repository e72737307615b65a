import type { Calibration } from '../../engine/policy.ts';
import { decidePromotion, isWorthTaking, withSilenceAlone } from './gateDecision.ts';
import {
  comparisonAt,
  toPairedOutcome,
  type HeldOutAnswer,
  type HeldOutComparison,
  type WrittenAnswer,
} from './heldOutEvaluation.ts';
import type { HeldOutPlace } from './heldOutPlaces.ts';
import type { Verdict } from '../adapters/manifest.ts';
import { learnSilence, offeredBy, type HeldOutWriting, type SilentPolicy } from './silence.ts';

/** What both policies wrote at the same held-out places. */
export interface GateAnswers {
  readonly places: readonly HeldOutPlace[];
  readonly before: readonly WrittenAnswer[];
  readonly after: readonly WrittenAnswer[];
  /** The silence that the policy before serves with; absent where it shows whatever it writes. */
  readonly calibrationBefore: Calibration | undefined;
  /** Whether the weights before may be kept as they are, with a silence of their own. */
  readonly mayKeepWeights: boolean;
}

/** What asks to serve in the end, and whether it may. */
export interface WeighedCandidates {
  readonly weights: 'before' | 'after';
  readonly silent: SilentPolicy | undefined;
  /** The silence of both candidates, whichever asks: that it has, or would learn. */
  readonly calibrations: Readonly<Record<'before' | 'after', Calibration | undefined>>;
  /** What serves now, and what asks. */
  readonly comparisons: readonly HeldOutComparison[];
  readonly verdict: Verdict;
}

/**
 * Two candidates ask to serve: the new weights with the silence they learn, and the weights before with one, since what
 * silence spares is no merit of weights. Each has to be surely better than what serves now; of two that are, the new
 * weights are taken unless they are worth clearly less.
 */
export function weighCandidates(answers: GateAnswers, seed: number): WeighedCandidates {
  const { places, calibrationBefore, mayKeepWeights } = answers;
  const writings = (side: 'before' | 'after'): HeldOutWriting[] =>
    places.map((place, i) => ({ ...place, answer: answers[side][i]! }));
  const compare = (before: readonly HeldOutAnswer[], after: readonly HeldOutAnswer[]): HeldOutComparison[] =>
    places.map((place, i) => comparisonAt(place, before[i]!, after[i]!));
  const judge = (comparisons: readonly HeldOutComparison[]): Verdict =>
    decidePromotion(comparisons.map(toPairedOutcome), seed);

  const served = writings('before').map((writing) => offeredBy(writing, calibrationBefore));
  const silentBefore = calibrationBefore === undefined ? learnSilence(writings('before')) : undefined;
  const silentAfter = learnSilence(writings('after'));
  const calibrations = {
    before: calibrationBefore ?? silentBefore?.calibration,
    after: silentAfter?.calibration,
  };
  const after = silentAfter?.answers ?? writings('after').map((writing) => offeredBy(writing, undefined));
  const asking = compare(served, after);
  const newer = {
    ...{ weights: 'after' as const, silent: silentAfter, calibrations },
    ...{ comparisons: asking, verdict: judge(asking) },
  };
  if (silentBefore === undefined) return newer;
  const alike = compare(silentBefore.answers, after);
  if (newer.verdict.promoted && isWorthTaking(alike.map(toPairedOutcome))) return newer;
  const comparisons = compare(served, silentBefore.answers);
  const verdict = judge(comparisons);
  if (mayKeepWeights && verdict.promoted)
    return {
      ...{ weights: 'before', silent: silentBefore, calibrations },
      ...{ comparisons, verdict: withSilenceAlone(verdict) },
    };
  return newer.verdict.promoted ? { ...newer, verdict: judge(alike) } : newer;
}
