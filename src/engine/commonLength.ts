/** How many elements two lists begin with in common: tokens, or the UTF-16 code units of texts. */
export function commonLength<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}
