/** About how long the rest of some steps takes at the pace so far, for a progress bar. */
export function leftText(elapsedMs: number, done: number, total: number): string {
  return secondsText(secondsAtPace(elapsedMs, done, total));
}

/** Seconds that the rest of some steps takes at the pace so far. */
export function secondsAtPace(elapsedMs: number, done: number, total: number): number {
  return (elapsedMs / done / 1000) * Math.max(0, total - done);
}

/** So many seconds that are left, in words. */
export function secondsText(leftSeconds: number): string {
  return leftSeconds < 90 ? `${Math.ceil(leftSeconds)} s left` : `${Math.ceil(leftSeconds / 60)} min left`;
}
