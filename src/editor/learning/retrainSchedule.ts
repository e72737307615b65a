import type { Clock } from '../../completion/clock.ts';
import { repeatedly } from '../repeatedly.ts';
import type { LastRetraining, RetrainMemory } from './retrainMemory.ts';
import type { Settings } from '../settings/settings.ts';

/** What decides whether Attune should retrain by itself now. */
export interface RetrainFacts {
  readonly schedule: Settings['retrainSchedule'];
  readonly nowMs: number;
  readonly last: Pick<LastRetraining, 'atMs'>;
  /** When something was last typed or moved, in any window. */
  readonly lastEventMs: number;
  /** How many records came that no retraining has learned from; counted only where all else says that it is due. */
  readonly newRecords: () => number;
}

const dayMs = 24 * 60 * 60_000;

/** Long enough that the user has turned to something else; training makes way when they come back. */
const idleMs = 10 * 60_000;

/** With fewer new records the gate would only say that it cannot tell. */
const minNewRecords = 50;

/** Whether a retraining is due. */
export function isRetrainDue(facts: RetrainFacts): boolean {
  const { nowMs, last, lastEventMs, newRecords } = facts;
  return (
    facts.schedule === 'dailyWhenIdle' &&
    nowMs - last.atMs >= dayMs &&
    nowMs - lastEventMs >= idleMs &&
    newRecords() >= minNewRecords
  );
}

const checkEveryMs = 5 * 60_000;

/** What the schedule looks at and what it starts. */
export interface RetrainScheduleOptions {
  readonly settings: () => Settings;
  readonly feedback: {
    /** Of this window. */
    readonly lastEventMs: number;
    readonly lastEventAnywhereMs: () => Promise<number>;
    readonly recordCountSince: (sinceMs: number) => number;
  };
  readonly memory: Pick<RetrainMemory, 'last'>;
  readonly clock: Clock;
  readonly isOnPower: () => Promise<boolean>;
  readonly retrain: () => void;
}

/** Asks every few minutes whether a retraining is due, and starts it then. */
export class RetrainSchedule {
  readonly #options: RetrainScheduleOptions;
  readonly #checking: { dispose(): void };

  constructor(options: RetrainScheduleOptions) {
    this.#options = options;
    this.#checking = repeatedly(options.clock, checkEveryMs, () => {
      if (isRetrainDue(this.#facts())) void this.#retrainWhenIdle();
    });
  }

  dispose(): void {
    this.#checking.dispose();
  }

  /** What takes a while to find out is asked for only where all else says that it is due. */
  async #retrainWhenIdle(): Promise<void> {
    const { feedback, isOnPower, retrain } = this.#options;
    const anywhereMs = await feedback.lastEventAnywhereMs();
    const facts = this.#facts();
    const isDue = isRetrainDue({ ...facts, lastEventMs: Math.max(facts.lastEventMs, anywhereMs) });
    if (isDue && (await isOnPower())) retrain();
  }

  #facts(): RetrainFacts {
    const { settings, feedback, memory, clock } = this.#options;
    return {
      schedule: settings().retrainSchedule,
      nowMs: clock.nowMs(),
      last: memory.last,
      lastEventMs: feedback.lastEventMs,
      newRecords: () => feedback.recordCountSince(memory.last.learnedUntilMs),
    };
  }
}
