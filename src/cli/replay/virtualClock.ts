import type { Clock, Timer } from '../../completion/clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** A clock that a replay moves: ten minutes of waiting cost nothing. Timers fire in the order they fall due. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #pending = new Set<PendingTimer>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, action: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, action };
    this.#pending.add(timer);
    return { dispose: () => this.#pending.delete(timer) };
  }

  /** Moves the time on and fires what falls due on the way. */
  advanceBy(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (let next = this.#nextDue(untilMs); next !== undefined; next = this.#nextDue(untilMs)) {
      this.#pending.delete(next);
      this.#nowMs = next.dueMs;
      next.action();
    }
    this.#nowMs = untilMs;
  }

  #nextDue(untilMs: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}
