import { leftText } from '../../src/cli/timeLeft.ts';
import { showProgress, type Progress } from '../../src/cli/progressBar.ts';

/** Counts steps of equal worth as they are done, and says about how long the rest takes. */
export interface StepProgress {
  /** `note` says what the next step is about. */
  done(note: string): void;
  finish(): void;
}

/** The progress of `total` steps, with the time left at the pace so far. */
export function showSteps(
  label: string,
  total: number,
  progress: Progress = showProgress(label),
  nowMs: () => number = () => performance.now(),
): StepProgress {
  const startMs = nowMs();
  let done = 0;
  return {
    done(note) {
      done += 1;
      progress.update(done, total, `${note}, ${leftText(nowMs() - startMs, done, total)}`);
    },
    finish: () => progress.finish(),
  };
}
