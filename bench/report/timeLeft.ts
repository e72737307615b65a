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

function leftText(elapsedMs: number, done: number, total: number): string {
  const leftSeconds = (elapsedMs / done / 1000) * Math.max(0, total - done);
  return leftSeconds < 90 ? `${Math.ceil(leftSeconds)} s left` : `${Math.ceil(leftSeconds / 60)} min left`;
}
