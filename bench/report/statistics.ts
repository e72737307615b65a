/**
 * The value below which a share of the values lies, between two neighbours in proportion (the
 * definition of NumPy and Excel).
 *
 * @param values at least one, in any order.
 * @param share 0 to 1; 0.5 gives the median.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The sum of the values. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A number with three digits that count, for a JSON file and for reading. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
