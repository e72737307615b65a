import type { Clock, Timer } from '../completion/clock.ts';

/** Does something again and again, so many milliseconds after the last time, until it is disposed. */
export function repeatedly(clock: Clock, everyMs: number, action: () => void): { dispose(): void } {
  let timer: Timer;
  const wait = (): void => {
    timer = clock.setTimer(everyMs, () => {
      action();
      wait();
    });
  };
  wait();
  return { dispose: () => timer.dispose() };
}
