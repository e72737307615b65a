/** Keeps a constant batch from dividing by zero; the value of OpenAI's and TRL's code. */
const varianceFloor = 1e-8;

/** How a batch is whitened. */
export interface WhitenSettings {
  /** True moves the mean to 0 (advantages); false keeps it (rewards). */
  readonly shiftMean: boolean;
  /**
   * 'biased' divides by the count (Ziegler et al. 2019, and what we train with), 'unbiased' by the
   * count less one (PyTorch's default, TRL).
   */
  readonly variance: 'biased' | 'unbiased';
}

/**
 * The rows with mean 0 (or their own mean) and variance 1 over all numbers the masks let in,
 * whichever row they stand in: one scale for the whole batch, so cutting it into minibatches later
 * changes nothing. Masked-out numbers are never read and come back as 0.
 *
 *   y = (x - mean) / sqrt(variance + 1e-8) (+ mean)
 */
export function whiten(
  rows: readonly ArrayLike<number>[],
  settings: WhitenSettings,
  masks?: readonly ArrayLike<number>[],
): Float64Array[] {
  const { mean, variance } = momentsOf(rows, settings.variance, masks);
  const scale = 1 / Math.sqrt(variance + varianceFloor);
  const shift = settings.shiftMean ? 0 : mean;
  return rows.map((row, index) =>
    Float64Array.from(row, (x, t) => (masks?.[index]?.[t] === 0 ? 0 : (x - mean) * scale + shift)),
  );
}

function momentsOf(
  rows: readonly ArrayLike<number>[],
  kind: WhitenSettings['variance'],
  masks: readonly ArrayLike<number>[] | undefined,
): { mean: number; variance: number } {
  const kept = rows.flatMap((row, index) => Array.from(row).filter((_, t) => masks?.[index]?.[t] !== 0));
  const mean = kept.reduce((sum, x) => sum + x, 0) / Math.max(kept.length, 1);
  const squares = kept.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const divisor = kind === 'biased' ? kept.length : kept.length - 1;
  return { mean, variance: squares / Math.max(divisor, 1) };
}
