import { mean } from '../gate/statistics.ts';

/** Keeps a constant batch from dividing by zero; the value of OpenAI's and TRL's code. */
const varianceFloor = 1e-8;

/**
 * The rows with mean 0 and variance 1 over all their numbers, whichever row they stand in: one scale
 * for the whole batch, so cutting it into minibatches later changes nothing.
 *
 *   y = (x - mean) / sqrt(variance + 1e-8)
 *
 * The variance divides by the count, as Ziegler et al. 2019 have it; PyTorch's default and TRL divide
 * by the count less one.
 */
export function whiten(rows: readonly ArrayLike<number>[]): Float64Array[] {
  const numbers = rows.flatMap((row) => Array.from(row));
  const average = mean(numbers);
  const variance = mean(numbers.map((x) => (x - average) ** 2));
  const scale = 1 / Math.sqrt(variance + varianceFloor);
  return rows.map((row) => Float64Array.from(row, (x) => (x - average) * scale));
}
