import { groupedBy } from '../data/groups.ts';
import {
  brierScore,
  calibrationBins,
  calibrationError,
  mean,
  wilsonInterval,
  type CalibrationBin,
  type Interval,
} from './statistics.ts';

/** One held-out pair of completions and what the reward model and its trivial rivals say about it. */
export interface JudgedPair {
  /** Pairs of the same prompt share it, and count as one vote together. */
  readonly promptKey: string;
  /** Reward of the chosen completion less that of the rejected one. */
  readonly margin: number;
  /** Every head of the reward model puts the same side first. */
  readonly headsAgree: boolean;
  readonly chosenChars: number;
  readonly rejectedChars: number;
  /** Mean log-probability of each side's tokens under the reference policy. */
  readonly chosenLogProb: number;
  readonly rejectedLogProb: number;
}

/** Whether PPO may use the reward model, and the numbers behind it. Shares are 0..1. */
export interface RewardVerdict {
  readonly passes: boolean;
  /** One sentence with both numbers. */
  readonly reason: string;
  readonly promptCount: number;
  /** Pairs it orders rightly, the mean over prompts. */
  readonly accuracy: number;
  /** 95 % interval of the accuracy. */
  readonly interval: Interval;
  /** The same share for each rival; 'chance' is a coin. */
  readonly rivals: { readonly [R in RivalName | 'chance']: number };
  /** Pairs on which its heads agree, and how many of those it orders rightly: what its doubt is worth. */
  readonly headsAgree: number;
  readonly accuracyAgreed: number;
  /** Mean squared error of sigmoid(margin) as the probability that the chosen one is better. */
  readonly brier: number;
  /** Expected calibration error of the same probability. */
  readonly calibrationError: number;
  /** What that is the sum of; each pair is in it both ways round. Empty without pairs. */
  readonly calibration: readonly CalibrationBin[];
}

/** The numbers of a verdict, by the names that a learning report has for them. */
export function verdictNumbers(verdict: RewardVerdict): Record<string, number> {
  return {
    passes: Number(verdict.passes),
    heldOutPrompts: verdict.promptCount,
    heldOutAccuracy: verdict.accuracy,
    heldOutAccuracyLow: verdict.interval.low,
    heldOutAccuracyHigh: verdict.interval.high,
    ...verdict.rivals,
    headsAgree: verdict.headsAgree,
    accuracyAgreed: verdict.accuracyAgreed,
    brier: verdict.brier,
    calibrationError: verdict.calibrationError,
  };
}

type RivalName = keyof typeof rivals;

/** Judges that need no model: above 0 means that the chosen side wins. */
const rivals = {
  longerWins: (pair: JudgedPair) => pair.chosenChars - pair.rejectedChars,
  shorterWins: (pair: JudgedPair) => pair.rejectedChars - pair.chosenChars,
  likelierWins: (pair: JudgedPair) => pair.chosenLogProb - pair.rejectedLogProb,
};

/** Ten bins, as Guo et al. 2017 and most after them. */
const calibrationBinCount = 10;

/**
 * Whether the reward model knows more than its rivals: the lower end of the 95 % Wilson interval of
 * its held-out accuracy must lie above chance, 'longer wins', 'shorter wins' and 'likelier wins'.
 *
 * A prompt has one vote, the share of its pairs ordered rightly: the six pairs of one ranking are
 * not six independent observations. Equal scores count a half.
 *
 * @param heldOutCount prompts that pairs were held out of, whether or not there was time to ask at them.
 */
export function judgeRewardModel(
  pairs: readonly JudgedPair[],
  heldOutCount: number = pairs.length,
): RewardVerdict {
  const prompts = groupedBy(pairs, ({ promptKey }) => promptKey);
  const accuracy = accuracyOf(prompts, ({ margin }) => margin);
  const agreed = groupedBy(
    pairs.filter(({ headsAgree }) => headsAgree),
    ({ promptKey }) => promptKey,
  );
  const interval = wilsonInterval(accuracy * prompts.length, prompts.length);
  const rivalShares = {
    chance: 0.5,
    longerWins: accuracyOf(prompts, rivals.longerWins),
    shorterWins: accuracyOf(prompts, rivals.shorterWins),
    likelierWins: accuracyOf(prompts, rivals.likelierWins),
  };
  return {
    ...(prompts.length === 0
      ? { passes: false, reason: whyUntested(heldOutCount) }
      : passing(interval, accuracy, rivalShares, prompts.length)),
    promptCount: prompts.length,
    accuracy,
    interval,
    rivals: rivalShares,
    headsAgree: mean(prompts.map((ofPrompt) => mean(ofPrompt.map(({ headsAgree }) => Number(headsAgree))))),
    accuracyAgreed: accuracyOf(agreed, ({ margin }) => margin),
    ...calibrationOf(pairs),
  };
}

function whyUntested(heldOutCount: number): string {
  return heldOutCount === 0
    ? 'There are no held-out preferences to judge the reward model by.'
    : 'There was no time to test the reward model.';
}

function passing(
  interval: Interval,
  accuracy: number,
  shares: RewardVerdict['rivals'],
  promptCount: number,
): { passes: boolean; reason: string } {
  const [name, best] = Object.entries(shares).reduce((top, rival) => (rival[1] > top[1] ? rival : top));
  const passes = interval.low > best;
  const model = `orders ${inPercent(accuracy)} of ${promptCount} held-out prompts rightly (at least ${inPercent(interval.low)} with 95 % confidence)`;
  const comparison = `its best rival, '${name}', orders ${inPercent(best)}`;
  return {
    passes,
    reason: `The reward model ${model}; ${comparison}${passes ? '.' : ', so it is not used.'}`,
  };
}

function accuracyOf(prompts: readonly (readonly JudgedPair[])[], lead: (pair: JudgedPair) => number): number {
  return mean(prompts.map((pairs) => mean(pairs.map((pair) => (1 + Math.sign(lead(pair))) / 2))));
}

/**
 * Each pair is asked both ways round: whoever always names the chosen side first would be called
 * well calibrated for being sure.
 */
function calibrationOf(
  pairs: readonly JudgedPair[],
): Pick<RewardVerdict, 'brier' | 'calibrationError' | 'calibration'> {
  if (pairs.length === 0) return { brier: 0, calibrationError: 0, calibration: [] };
  const forecasts = pairs.flatMap(({ margin }) => [
    { probability: 1 / (1 + Math.exp(-margin)), happened: true },
    { probability: 1 / (1 + Math.exp(margin)), happened: false },
  ]);
  const calibration = calibrationBins(forecasts, calibrationBinCount);
  return { brier: brierScore(forecasts), calibrationError: calibrationError(calibration), calibration };
}

function inPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
