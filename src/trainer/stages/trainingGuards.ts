import type { Sentence } from '../../sentences/sentence.ts';
import { diverged } from '../errors.ts';
import type { Hyperparameters } from '../hyperparameters.ts';

/** What the updates of one PPO iteration did to the policy. */
export interface PpoHealth {
  /** Mean probability ratio over the iteration's last pass. */
  readonly meanRatio: number;
  /** Share of tokens whose gradient the clip took away, 0..1. */
  readonly clipShare: number;
}

/**
 * Why PPO has to stop before it learns from an iteration's rollouts, as a sentence with both numbers, or `undefined`
 * while all is well. A stopped stage keeps the last policy that was well; that is no failure of the run.
 *
 * @param klPerCompletion of the policy that wrote them: sum over a completion's tokens, in nats, mean over completions.
 */
export function whyTooFar(klPerCompletion: number, limits: Hyperparameters['guard']): string | undefined {
  return klPerCompletion > limits.maxKlPerCompletion
    ? `the policy is ${klPerCompletion.toFixed(2)} nats a completion away from the reference; the limit is ${limits.maxKlPerCompletion}`
    : undefined;
}

/** Why PPO has to stop and undo an iteration's updates, like `whyTooFar`. */
export function whyToUndo(
  { meanRatio, clipShare }: PpoHealth,
  limits: Hyperparameters['guard'],
): string | undefined {
  if (Math.abs(meanRatio - 1) > limits.maxRatioDrift) {
    return `the mean probability ratio is ${meanRatio.toFixed(3)}; it may be ${limits.maxRatioDrift} away from 1`;
  }
  if (clipShare > limits.maxClipShare) {
    return `${(100 * clipShare).toFixed(1)} % of the tokens were clipped; the limit is ${100 * limits.maxClipShare} %`;
  }
  return undefined;
}

/** Passes a finite number through and throws TrainerError 'diverged' on any other. */
export function requireFinite(what: Sentence, value: number, step: number): number {
  if (!Number.isFinite(value)) throw diverged(what, value, step);
  return value;
}
