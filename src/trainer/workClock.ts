/** A breath comes about every second. Where the next one is further away than this, the machine slept meanwhile. */
const longestBreathMs = 60_000;

/** The clocks of this machine, as `RetrainHooks` has them. */
export const machineClocks = { nowMs: () => Date.now(), passedMs: () => performance.now() };

/**
 * The milliseconds that a run has worked, read at every breath. A clock that is set moves it neither way,
 * and a night in which the machine slept costs no more than a minute of the run's time.
 *
 * @param passedMs as `RetrainHooks` has it.
 */
export function workClock(passedMs: () => number): () => number {
  let workedMs = 0;
  let readAtMs = passedMs();
  return () => {
    const nowMs = passedMs();
    workedMs += Math.min(nowMs - readAtMs, longestBreathMs);
    readAtMs = nowMs;
    return workedMs;
  };
}
