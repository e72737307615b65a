import type { Clock } from './clock.ts';

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer(delayMs, action) {
    const timeout = setTimeout(action, delayMs);
    timeout.unref();
    return {
      dispose: () => {
        clearTimeout(timeout);
      },
    };
  },
};
