import type { Sentence } from '../../sentences/sentence.ts';
import { sourceFailed } from './catalogueErrors.ts';

/** Ends waiting for something that does not come. */
export interface Watchdog {
  /** Aborted when the time is up; its reason is an error that says for what. */
  readonly signal: AbortSignal;
  /** Something must happen within that time; replaces what was expected before. */
  expect(ms: number, failure: Sentence): void;
  /** Nothing is expected any more. */
  stop(): void;
}

/** A watchdog that expects nothing yet. */
export function makeWatchdog(): Watchdog {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    expect: (ms, failure) => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(sourceFailed(failure)), ms);
    },
    stop: () => clearTimeout(timer),
  };
}
