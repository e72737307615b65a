/** About how long the rest of some steps takes at the pace so far, for a progress bar. */
export function leftText(elapsedMs: number, done: number, total: number): string {
  const leftSeconds = (elapsedMs / done / 1000) * Math.max(0, total - done);
  return leftSeconds < 90 ? `${Math.ceil(leftSeconds)} s left` : `${Math.ceil(leftSeconds / 60)} min left`;
}
