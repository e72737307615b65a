import type { LoadProgress } from './clients.ts';

/** A progress bar that moves ten times a second looks smooth; a download reports thousands of times. */
const minIntervalMs = 100;

/** Passes progress on at most every tenth of a second, and the first of each phase always. */
export function sparingly(
  onProgress: (progress: LoadProgress) => void,
  nowMs: () => number,
): (progress: LoadProgress) => void {
  let last = { phase: '', atMs: 0 };
  return (progress) => {
    const atMs = nowMs();
    if (progress.phase === last.phase && atMs - last.atMs < minIntervalMs) return;
    last = { phase: progress.phase, atMs };
    onProgress(progress);
  };
}
