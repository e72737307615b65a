import type { AdapterId } from '../../src/engine/policy.ts';
import type { RetrainSummary } from '../../src/process/clients.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';

/** A retraining that was promoted, with something in every part of it. */
export const sampleSummary: RetrainSummary = {
  manifest: {
    formatVersion: 1,
    adapterId: '2026-11-24-10-20-30-0123abcd' as AdapterId,
    baseModelId: 'tiny',
    startedAtMs: 0,
    finishedAtMs: 90_000,
    data: {
      sha256: 'ab'.repeat(32),
      demonstrations: 40,
      preferenceGroups: 7,
      preferencePairs: 11,
      windows: 0,
      prompts: 60,
      heldOutDemonstrations: 30,
      heldOutPreferenceGroups: 2,
      withheld: 0,
    },
    seed: 1,
    hyperparameters: defaultHyperparameters,
    stages: [
      {
        name: 'sft',
        steps: 3,
        seconds: 12,
        metrics: { lastLoss: 0.5, loss: 0.5 },
        curves: { loss: [2, 1, 0.5] },
      },
      {
        name: 'reward',
        steps: 0,
        seconds: 0,
        metrics: {},
        curves: {},
        stopReason: 'there are <no> preferences',
      },
    ],
    verdict: {
      promoted: true,
      reason: 'Promoted: it is better.',
      comparison: {
        promptCount: 30,
        groupCount: 6,
        utilityBefore: 1,
        utilityAfter: 3,
        gain: 2,
        low: 1,
        high: 3,
      },
    },
  },
  heldOut: {
    before: { asked: 30, shown: 20, accepted: 2, keptChars: 100, refusedChars: 90, typedChars: 850 },
    after: { asked: 30, shown: 18, accepted: 5, keptChars: 240, refusedChars: 20, typedChars: 850 },
  },
};
