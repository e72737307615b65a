import type { Clock, Timer } from './clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly action: () => void;
}

/** A clock that a replay or a test moves: ten minutes of waiting cost nothing. Timers fire in the order they fall due. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #pending = new Set<PendingTimer>();

  constructor(startMs = 0) {
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

  /** Timers that are set and have not fired: 0 when everything was disposed. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves the time on, never back, and fires what falls due on the way. */
  advanceTo(untilMs: number): void {
    for (let next = this.#nextDue(untilMs); next !== undefined; next = this.#nextDue(untilMs)) {
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.action();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  advanceBy(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }

  #nextDue(untilMs: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}
