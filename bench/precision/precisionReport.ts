import { median } from '../report/statistics.ts';
import type { HeldOutLoss } from './trainOnce.ts';

/** One seed in both precisions. */
export interface SeedResult {
  readonly seed: number;
  readonly float32: HeldOutLoss;
  readonly int8: HeldOutLoss;
}

/** What `--json` writes of one model. */
export interface PrecisionModelResult {
  readonly model: string;
  readonly steps: number;
  readonly seeds: readonly SeedResult[];
  /** Held-out loss after int8 as a share of that after float32, less 1: the median of the seeds. */
  readonly change: number;
}

/** The seeds of one model together. */
export function precisionResult(
  model: string,
  steps: number,
  seeds: readonly SeedResult[],
): PrecisionModelResult {
  return { model, steps, seeds, change: median(seeds.map(changeOf)) };
}

function changeOf({ float32, int8 }: SeedResult): number {
  return int8.after / float32.after - 1;
}

/** One model for the terminal. */
export function precisionText({ model, steps, seeds, change }: PrecisionModelResult): string {
  const before = seeds[0]!.float32.before.toFixed(4);
  return [
    `${model}: held-out token loss in nats after ${steps} steps; before, ${before}`,
    ...seeds.map(
      (result) =>
        `  seed ${result.seed}: float32 ${result.float32.after.toFixed(4)}, int8 ${result.int8.after.toFixed(4)} (${percentText(changeOf(result))})`,
    ),
    `  median ${percentText(change)}`,
  ].join('\n');
}

function percentText(share: number): string {
  return `${share < 0 ? '-' : '+'}${Math.abs(100 * share).toFixed(2)} %`;
}
