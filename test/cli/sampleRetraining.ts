import type { RetrainOutcome } from '../../src/trainer/gate/gate.ts';
import { demonstrationOfText } from '../../src/trainer/data/demonstrations.ts';
import { judgeOffered } from '../../src/trainer/gate/heldOutEvaluation.ts';
import { tinyManifest } from '../trainer/adapterFixture.ts';
import { askedAt, demonstration } from '../trainer/feedbackRecords.ts';

/** One held-out prompt: what was written there, and what both policies offered. */
export type HeldOutTexts = readonly [written: string, before: string, after: string];

/** A retraining that ran its course, with a stage that stopped early. */
export function sampleOutcome(texts: readonly HeldOutTexts[]): RetrainOutcome {
  const stages = [
    { name: 'sft', steps: 7, seconds: 12.4, metrics: { lastLoss: 0.5 }, curves: { loss: [1, 0.5] } },
    { name: 'ppo', steps: 0, seconds: 0, metrics: {}, curves: {}, stopReason: 'there was too little' },
  ] as const;
  return {
    manifest: tinyManifest('2026-01-01', {
      stages: stages.map((stage) => ({ ...stage, curves: {} })),
      verdict: { promoted: false, reason: 'Not promoted: that is no sure improvement.' },
    }),
    comparisons: texts.map(([written, before, after], index) => ({
      demonstration: demonstrationOfText(
        demonstration(askedAt(`// above\nlet v${index} = █\n`, index, 'file:///work/shop/cart.ts'), written),
      )!,
      before: judgeOffered(before, written),
      after: judgeOffered(after, written),
    })),
  };
}
