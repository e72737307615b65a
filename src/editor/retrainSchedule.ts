import type { Clock, Timer } from '../completion/clock.ts';
import type { Settings } from './settings.ts';

/** What decides whether Attune should retrain by itself now. */
export interface RetrainFacts {
  readonly schedule: Settings['retrainSchedule'];
  readonly nowMs: number;
  /** When the last retraining began; 0 before the first. */
  readonly lastRetrainMs: number;
  /** When something was last typed or moved. */
  readonly lastEventMs: number;
  /** Records stored now, and when the last retraining began. */
  readonly storedRecords: number;
  readonly storedRecordsThen: number;
}

const dayMs = 24 * 60 * 60_000;

/** Long enough that the user has turned to something else; training makes way when they come back. */
const idleMs = 10 * 60_000;

/** With fewer new records the gate would only say that it cannot tell. */
const minNewRecords = 50;

/** Whether a retraining is due. */
export function isRetrainDue(facts: RetrainFacts): boolean {
  const { nowMs, lastRetrainMs, lastEventMs, storedRecords, storedRecordsThen } = facts;
  return (
    facts.schedule === 'dailyWhenIdle' &&
    nowMs - lastRetrainMs >= dayMs &&
    nowMs - lastEventMs >= idleMs &&
    storedRecords - storedRecordsThen >= minNewRecords
  );
}

const checkEveryMs = 5 * 60_000;

/** Asks every few minutes whether a retraining is due, and starts it then. */
export class RetrainSchedule {
  readonly #facts: () => RetrainFacts;
  readonly #retrain: () => void;
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(facts: () => RetrainFacts, retrain: () => void, clock: Clock) {
    this.#facts = facts;
    this.#retrain = retrain;
    this.#clock = clock;
    this.#wait();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #wait(): void {
    this.#timer = this.#clock.setTimer(checkEveryMs, () => {
      if (isRetrainDue(this.#facts())) this.#retrain();
      this.#wait();
    });
  }
}
