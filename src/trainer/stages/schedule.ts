/** How a learning rate runs over one stage. */
export interface ScheduleSettings {
  /** Highest learning rate, reached after the warm-up. */
  readonly peak: number;
  /** How it falls from the peak to `finalShare` of it. */
  readonly shape: 'linear' | 'cosine';
  /** Steps that rise evenly to the peak; the first has `peak / warmupSteps`. */
  readonly warmupSteps: number;
  /** Updates of the whole stage, warm-up included. */
  readonly totalSteps: number;
  /** What is left of the peak at `totalSteps`, 0..1. */
  readonly finalShare: number;
}

/**
 * The learning rate of a 0-based step. `totalSteps` itself is one past the last step, so the last
 * one still learns when `finalShare` is 0. Steps beyond stay at the final rate.
 */
export function learningRateAt(step: number, settings: ScheduleSettings): number {
  const { peak, shape, warmupSteps, totalSteps, finalShare } = settings;
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const fallingSteps = Math.max(totalSteps - warmupSteps, 1);
  const progress = Math.min((step - warmupSteps) / fallingSteps, 1);
  return peak * (finalShare + (1 - finalShare) * remainingShare(shape, progress));
}

function remainingShare(shape: ScheduleSettings['shape'], progress: number): number {
  switch (shape) {
    case 'linear':
      return 1 - progress;
    case 'cosine':
      return (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
