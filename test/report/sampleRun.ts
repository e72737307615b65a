import { judgeOffered } from '../../src/trainer/gate/heldOutEvaluation.ts';
import type { KeptComparison, KeptComparisons } from '../../src/trainer/adapters/keptComparisons.ts';
import type { Manifest, StageReport } from '../../src/trainer/adapters/manifest.ts';
import { tinyManifest } from '../trainer/adapterFixture.ts';

/** A curve that goes from one number to another, with a ripple. */
function curve(length: number, from: number, to: number): number[] {
  return Array.from(
    { length },
    (_, i) => to + (from - to) * Math.exp((-4 * i) / length) + 0.04 * Math.abs(from - to) * Math.sin(2.4 * i),
  );
}

/** All three stages, each with everything that a run notes. */
export const allStages: readonly StageReport[] = [
  {
    ...{
      name: 'sft',
      steps: 60,
      seconds: 95,
      metrics: { firstLoss: 2.1, lastLoss: 0.9, bestStep: 45, validationLoss: 1.1 },
    },
    curves: { loss: curve(60, 2.1, 0.9), gradientNorm: curve(60, 3, 1), learningRate: curve(60, 2e-4, 2e-5) },
  },
  {
    ...{ name: 'reward', steps: 30, seconds: 59 },
    metrics: {
      ...{ rewardBias: 0.31, passes: 1, heldOutPrompts: 41, heldOutAccuracy: 0.78, heldOutAccuracyLow: 0.63 },
      ...{ heldOutAccuracyHigh: 0.88, chance: 0.5, longerWins: 0.44, shorterWins: 0.56, likelierWins: 0.61 },
      ...{ headsAgree: 0.81, accuracyAgreed: 0.84 },
      ...{ brier: 0.171, calibrationError: 0.052, loss: 0.4, accuracy: 0.8 },
    },
    curves: { loss: curve(30, 0.7, 0.4), accuracy: curve(30, 0.5, 0.82), gradientNorm: curve(30, 2, 1) },
    calibration: [
      { predicted: 0.06, observed: 0.1, count: 10 },
      { predicted: 0.44, observed: 0.55, count: 11 },
      { predicted: 0.56, observed: 0.45, count: 11 },
      { predicted: 0.65, observed: 0.7, count: 10 },
      { predicted: 0.75, observed: 0.71, count: 14 },
      { predicted: 0.94, observed: 0.9, count: 10 },
    ],
  },
  {
    ...{
      name: 'ppo',
      steps: 12,
      seconds: 31,
      metrics: { usesRewardModel: 1, firstScore: -0.9, score: -0.5 },
    },
    curves: {
      score: curve(12, -0.9, -0.5),
      entropyPerToken: curve(12, 0.9, 0.7),
      completionTokens: curve(12, 14, 11),
      klPerCompletion: curve(12, 0, 1.4),
      policyLoss: curve(12, 0, -0.02),
      valueLoss: curve(12, 0.3, 0.1),
      clipShare: curve(12, 0.02, 0.08),
      klCoefficient: curve(12, 0.05, 0.06),
    },
  },
];

/** The manifest of a run that went through all stages and was promoted. */
export function wholeRun(changes: Partial<Manifest> = {}): Manifest {
  const comparison = {
    ...{
      promptCount: 33,
      groupCount: 7,
      utilityBefore: 3.2,
      utilityAfter: 5.9,
      gain: 2.7,
      low: 0.4,
      high: 5.1,
    },
  };
  return tinyManifest('2026-11-24-10-20-30-0123abcd', {
    startedAtMs: Date.UTC(2026, 10, 24, 10, 20, 30),
    finishedAtMs: Date.UTC(2026, 10, 24, 10, 27, 41),
    stages: [...allStages],
    verdict: {
      promoted: true,
      reason:
        'Promoted: on 33 held-out prompts the new policy is worth 5.90 kept characters a prompt, the one before 3.20; the gain of 2.70 has a 95 % interval from 0.40 to 5.10, all of it above 0.',
      comparison,
    },
    ...changes,
  });
}

/** A held-out place: the lines before the cursor, what was written there, and what both policies offered. */
export function heldOutPlace(
  prefix: string,
  written: string,
  before: string,
  after: string,
  documentUri = 'file:///work/shop/cart%20list.ts',
): KeptComparison {
  return {
    demonstration: { documentUri, languageId: 'typescript', atMs: 0, prefix, text: written },
    before: judgeOffered(before, written),
    after: judgeOffered(after, written),
  };
}

/** What is kept with an adapter of such places. */
export function kept(...comparisons: KeptComparison[]): KeptComparisons {
  return { formatVersion: 1, comparisons, forgotten: 0 };
}

const loop =
  'export function total(items: Item[]): number {\n  let sum = 0;\n  for (const item of items) {\n    ';

/** Places that gained, that lost, and that are as they were. */
export const sampleKept = kept(
  heldOutPlace(
    loop,
    'sum += item.price * item.count;',
    'console.log(item);',
    'sum += item.price * item.count;',
  ),
  heldOutPlace(
    `${loop}sum += item.price;\n  }\n  `,
    'return round(sum, 2);\n}',
    'return sum;',
    'return round(sum, 2);\n}',
  ),
  heldOutPlace('if (a <', ' b && <script>alert(1)</script>) {', ' 0) {', ' b && c) {'),
  heldOutPlace(
    'const cart = ',
    'new Cart(user, items);',
    'new Cart(user, items);',
    'new Map<string, Item>();',
  ),
  heldOutPlace('  const tax = ', 'taxOf(sum);', '', '0.19 * sum;'),
  heldOutPlace('import { Item } from ', "'./item.ts';", "'./item.ts';", "'./item.ts';"),
);
