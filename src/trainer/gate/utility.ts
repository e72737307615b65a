/**
 * What a refused character costs, in kept characters. Cursor's tab model is rewarded 0.75 for a
 * completion that is accepted and -0.25 for one that is refused, so that showing pays from a chance
 * of 25 % on; the ratio is a third.
 */
const refusedCharCost = 1 / 3;

/**
 * What showing a completion was worth to the user, in kept characters. Silence is worth 0, so a
 * completion was better than silence exactly when this is above 0.
 */
export function utilityOf(keptChars: number, refusedChars: number): number {
  return keptChars - refusedCharCost * refusedChars;
}
