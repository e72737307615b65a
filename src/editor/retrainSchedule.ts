import { z } from 'zod';
import type * as vscode from 'vscode';
import type { Clock, Timer } from '../completion/clock.ts';
import type { Settings } from './settings.ts';

/** What decides whether Attune should retrain by itself now. */
export interface RetrainFacts {
  readonly schedule: Settings['retrainSchedule'];
  readonly nowMs: number;
  readonly last: LastRetraining;
  /** When something was last typed or moved. */
  readonly lastEventMs: number;
  readonly storedRecords: number;
}

const dayMs = 24 * 60 * 60_000;

/** Long enough that the user has turned to something else; training makes way when they come back. */
const idleMs = 10 * 60_000;

/** With fewer new records the gate would only say that it cannot tell. */
const minNewRecords = 50;

/** Whether a retraining is due. */
export function isRetrainDue(facts: RetrainFacts): boolean {
  const { nowMs, last, lastEventMs, storedRecords } = facts;
  return (
    facts.schedule === 'dailyWhenIdle' &&
    nowMs - last.atMs >= dayMs &&
    nowMs - lastEventMs >= idleMs &&
    storedRecords - last.storedRecords >= minNewRecords
  );
}

const lastRetrainingSchema = z.object({ atMs: z.number(), storedRecords: z.number() });

/** The last retraining that was begun, as VS Code remembers it for us between windows. */
export type LastRetraining = z.infer<typeof lastRetrainingSchema>;

const lastRetrainingKey = 'lastRetraining';

const checkEveryMs = 5 * 60_000;

/** What the schedule looks at and what it starts. */
export interface RetrainScheduleOptions {
  readonly settings: () => Settings;
  readonly feedback: {
    readonly lastEventMs: number;
    readonly records: { readonly count: number | undefined };
  };
  readonly memento: vscode.Memento;
  readonly clock: Clock;
  readonly retrain: () => void;
}

/** Asks every few minutes whether a retraining is due, and starts it then. */
export class RetrainSchedule {
  readonly #options: RetrainScheduleOptions;
  #timer: Timer | undefined;

  constructor(options: RetrainScheduleOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Remembers that a retraining begins, whoever started it. */
  readonly noteStarted = (): void => {
    const { memento, clock, feedback } = this.#options;
    const last: LastRetraining = { atMs: clock.nowMs(), storedRecords: feedback.records.count ?? 0 };
    void memento.update(lastRetrainingKey, last);
  };

  dispose(): void {
    this.#timer?.dispose();
  }

  #wait(): void {
    this.#timer = this.#options.clock.setTimer(checkEveryMs, () => {
      if (isRetrainDue(this.#facts())) this.#options.retrain();
      this.#wait();
    });
  }

  #facts(): RetrainFacts {
    const { settings, feedback, memento, clock } = this.#options;
    return {
      schedule: settings().retrainSchedule,
      nowMs: clock.nowMs(),
      last: readLastRetraining(memento),
      lastEventMs: feedback.lastEventMs,
      storedRecords: feedback.records.count ?? 0,
    };
  }
}

/** When the last retraining was begun, and with how much; zeros before the first. */
function readLastRetraining(memento: vscode.Memento): LastRetraining {
  return lastRetrainingSchema.safeParse(memento.get(lastRetrainingKey)).data ?? { atMs: 0, storedRecords: 0 };
}
