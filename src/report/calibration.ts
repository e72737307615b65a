import * as l10n from '@vscode/l10n';
import type { StageReport } from '../trainer/adapters/manifest.ts';
import { retold } from './storedSentences.ts';

/** Held-out pairs of which the reward model was about as sure. */
export interface ConfidenceBin {
  /** How probable it called its own choice on average, 0.5..1. */
  readonly predicted: number;
  /** The share of them in which the user chose as it did, 0..1. */
  readonly observed: number;
  readonly pairs: number;
}

/** How far the reward model's probabilities can be believed, or why nothing is known of that. */
export type Calibration =
  | { readonly kind: 'nothing'; readonly why: string }
  | {
      readonly kind: 'bins';
      readonly bins: readonly ConfidenceBin[];
      readonly brier: number;
      readonly calibrationError: number;
    };

/**
 * Calibration as the manifest has it, folded: there each pair is in it both ways round, so that the
 * half below 0.5 only mirrors the other, in which each pair is once.
 */
export function calibrationOf(stage: StageReport | undefined): Calibration {
  if (stage === undefined || stage.steps === 0) {
    return nothing(
      stage?.stopReason === undefined
        ? l10n.t('No reward model was trained.')
        : l10n.t('No reward model was trained: {0}.', retold(stage.stopReason)),
    );
  }
  const { metrics, calibration } = stage;
  if (metrics['heldOutPrompts'] === 0) {
    const why = stage.stopReason?.split('\n').at(-1);
    return nothing(
      why === undefined
        ? l10n.t('The reward model could not be tested: there are no held-out preferences.')
        : retold(why),
    );
  }
  if (calibration === undefined) {
    return nothing(l10n.t('This adapter is older than the keeping of calibration.'));
  }
  const bins = calibration
    .filter(({ predicted }) => predicted >= 0.5)
    .map(({ predicted, observed, count }) => ({ predicted, observed, pairs: count }));
  const { brier = NaN, calibrationError = NaN } = metrics;
  return { kind: 'bins', bins, brier, calibrationError };
}

function nothing(why: string): Calibration {
  return { kind: 'nothing', why };
}
