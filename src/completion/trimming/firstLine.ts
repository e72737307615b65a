/**
 * The beginning of a text up to the end of its first line that is not blank, the line end left out;
 * `undefined` while that line may still go on.
 */
export function firstLineOf(text: string): string | undefined {
  return /^\s*\S[^\n]*(?=\n)/.exec(text)?.[0];
}
