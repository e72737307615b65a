import type { StagePlan, StageState } from './stages/stage.ts';

/*
 * The time of a stage: what it has taken, what it may still take, and how far it is, for whoever watches.
 */

/** Counts the seconds of a stage, also those behind its last step. */
export interface StageClock {
  /** Adds what has passed since the last call to the stage's seconds. */
  readonly note: () => void;
  /** Seconds of the run until now. */
  readonly spent: () => number;
  readonly secondsLeft: () => number;
}

/** What a stage's clock begins with. */
export interface StageStart {
  readonly workedMs: () => number;
  /** Of the run, before the stage. */
  readonly secondsBefore: number;
  /** Of the run, when the stage has to end. */
  readonly endSeconds: number;
}

/** A clock that counts into the state of its stage from now on. */
export function stageClock(
  state: StageState,
  { workedMs, secondsBefore, endSeconds }: StageStart,
): StageClock {
  let sinceMs = workedMs();
  const note = (): void => {
    const nowMs = workedMs();
    state.seconds += (nowMs - sinceMs) / 1000;
    sinceMs = nowMs;
  };
  const spent = (): number => secondsBefore + state.seconds + (workedMs() - sinceMs) / 1000;
  return { note, spent, secondsLeft: () => endSeconds - spent() };
}

/** How far a stage is, breath by breath. */
export class StageSteps {
  plan: StagePlan = { totalSteps: 0, breathsPerStep: 1 };
  readonly #state: StageState;
  /** Within the step that is under way. */
  #breaths = 0;

  constructor(state: StageState) {
    this.#state = state;
  }

  noteBreath(): void {
    this.#breaths++;
  }

  noteStep(): void {
    this.#breaths = 0;
  }

  /** As `RetrainProgress` has it. */
  get progress() {
    const { step, seconds, curves } = this.#state;
    const { totalSteps, breathsPerStep } = this.plan;
    const numbers = Object.fromEntries(Object.entries(curves).map(([name, curve]) => [name, curve.at(-1)!]));
    return { step: step + Math.min(this.#breaths / breathsPerStep, 0.99), totalSteps, seconds, numbers };
  }
}

/** The mean time from one breath of the stages to the next, in this process. */
export class BreathPace {
  #firstMs: number | undefined;
  #lastMs = 0;
  #count = 0;

  note(nowMs: number): void {
    this.#firstMs ??= nowMs;
    this.#lastMs = nowMs;
    this.#count += 1;
  }

  /** 0 before the second breath. */
  get secondsPerBreath(): number {
    if (this.#firstMs === undefined || this.#count < 2) return 0;
    return (this.#lastMs - this.#firstMs) / 1000 / (this.#count - 1);
  }
}
