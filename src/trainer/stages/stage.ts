import type { GraphSessions } from '../graphs/graphSessions.ts';
import { mean } from '../gate/statistics.ts';
import { stepsWithin } from '../timeBudget.ts';

/** Where a stage stands between two of its steps: plain data, so that a checkpoint can hold it. */
export interface StageState {
  /** Steps (iterations, for PPO) that are done. */
  step: number;
  /** Seconds spent in the stage so far. */
  seconds: number;
  /** One number per step, by name. */
  readonly curves: Record<string, number[]>;
  /** Numbers that the stage carries from step to step, by name. */
  readonly numbers: Record<string, number>;
}

/** A stage that has not begun. */
export function newStageState(): StageState {
  return { step: 0, seconds: 0, curves: {}, numbers: {} };
}

/** How much a stage has to do. */
export interface StagePlan {
  readonly totalSteps: number;
  /** About how often a step breathes, for progress and for what a first step will take. */
  readonly breathsPerStep: number;
}

/** What a stage runs with. */
export interface StageRuntime {
  readonly sessions: GraphSessions;
  readonly state: StageState;
  /** Every random draw of the stage comes from a stream named after what it decides, and this seed. */
  readonly seed: number;
  /** Called before each step: how much there is to do, for whoever watches. */
  readonly plan: (plan: StagePlan) => void;
  /** Seconds that the stage may still take; Infinity where a run takes as long as it takes. */
  readonly secondsLeft: () => number;
  /** Mean seconds from breath to breath in the run so far; 0 where there were none. */
  readonly breathSeconds: () => number;
  /**
   * Called before each piece of heavy work, a second or so long: waits while the user wants a
   * completion, and throws an AbortError when the run is cancelled.
   */
  readonly breathe: () => Promise<void>;
  /** Called after every step; the stage may be saved here and go on from here. */
  readonly afterStep: () => Promise<void>;
}

/** How many steps the stage will come to: all of them, or as many as its time allows. */
export function planSteps(
  {
    state,
    plan,
    secondsLeft,
    breathSeconds,
  }: Pick<StageRuntime, 'state' | 'plan' | 'secondsLeft' | 'breathSeconds'>,
  whole: StagePlan,
): number {
  const expectedSeconds = whole.breathsPerStep * breathSeconds();
  const totalSteps = stepsWithin({ ...state, secondsLeft: secondsLeft(), expectedSeconds }, whole.totalSteps);
  plan({ ...whole, totalSteps });
  return totalSteps;
}

/** Notes the numbers of a step that is done. */
export function noteStep(state: StageState, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) (state.curves[name] ??= []).push(value);
  state.step++;
}

/** The mean of the last numbers of a curve, at most `count` of them; 0 for an empty one. */
export function recentMean(curve: readonly number[] | undefined, count: number): number {
  return mean((curve ?? []).slice(-count));
}
