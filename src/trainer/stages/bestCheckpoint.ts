import { mean, standardError } from '../gate/statistics.ts';
import type { StageState } from './stage.ts';

/** The best that a stage has been so far. */
export interface BestCheckpoint {
  readonly state: Pick<StageState, 'step' | 'numbers'>;
  /** [size]; a vector of the run, so that a checkpoint holds it. */
  readonly theta: Float32Array;
}

/** What some parameters are worth, more being better, and how far that may be off: its standard error. */
export interface Worth {
  readonly mean: number;
  readonly error: number;
}

/** Keeps the parameters if they are worth more than all before. */
export function noteCandidate({ state, theta }: BestCheckpoint, candidate: Float32Array, worth: Worth): void {
  const best = bestWorth({ state });
  if (best !== undefined && worth.mean <= best.mean) return;
  Object.assign(state.numbers, { bestStep: state.step, bestMean: worth.mean, bestError: worth.error });
  theta.set(candidate);
}

/** What the best is worth; `undefined` before the first candidate. */
export function bestWorth({ state: { numbers } }: Pick<BestCheckpoint, 'state'>): Worth | undefined {
  const { bestMean, bestError } = numbers;
  return bestMean === undefined || bestError === undefined ? undefined : { mean: bestMean, error: bestError };
}

/** Numbers of a noisy curve that are looked at together. */
const windowSteps = 5;

/** What the last numbers of a curve say together; `undefined` while there are too few. */
export function windowOf(curve: readonly number[]): Worth | undefined {
  const window = curve.slice(-windowSteps);
  if (window.length < windowSteps) return undefined;
  return { mean: mean(window), error: standardError(window) };
}

/** Of 95 %, one-sided. */
const z95 = 1.645;

/** Whether one is above the other by more than chance: of many noisy numbers the highest was always lucky. */
export function isSurelyAbove(one: Worth, other: Worth): boolean {
  return one.mean - other.mean > z95 * Math.hypot(one.error, other.error);
}
