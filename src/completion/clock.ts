/** A timer that has been set; disposing it before it fires keeps it from firing. */
export interface Timer {
  dispose(): void;
}

/** What time it is, and a call at a later time. */
export interface Clock {
  nowMs(): number;
  setTimer(delayMs: number, action: () => void): Timer;
}
