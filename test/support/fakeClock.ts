import type { Clock, Timer } from '../../src/completion/clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** A clock that moves only when a test moves it; timers fire in the order of their due times. */
export class FakeClock implements Clock {
  #nowMs: number;
  #pending: PendingTimer[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Timers that are set and have not fired: 0 when everything was disposed. */
  get pendingTimers(): number {
    return this.#pending.length;
  }

  setTimer(delayMs: number, action: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, action };
    this.#pending.push(timer);
    return {
      dispose: () => {
        this.#pending = this.#pending.filter((other) => other !== timer);
      },
    };
  }

  /** Moves the time forward, never back, and fires what falls due on the way. */
  advanceTo(timeMs: number): void {
    for (let next = this.#nextDue(timeMs); next !== undefined; next = this.#nextDue(timeMs)) {
      const due = next;
      this.#pending = this.#pending.filter((other) => other !== due);
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      due.action();
    }
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }

  advanceBy(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }

  #nextDue(timeMs: number): PendingTimer | undefined {
    return this.#pending
      .filter((timer) => timer.dueMs <= timeMs)
      .reduce<PendingTimer | undefined>(
        (first, timer) => (first && first.dueMs <= timer.dueMs ? first : timer),
        undefined,
      );
  }
}
