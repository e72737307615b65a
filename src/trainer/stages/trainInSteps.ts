import type { Hyperparameters } from '../hyperparameters.ts';
import { learningRateAt } from './schedule.ts';
import { reasonOfTime } from '../timeBudget.ts';
import { batchAt, stepCount, type Passes } from './batches.ts';
import { noteStep, planSteps, type StageRuntime } from './stage.ts';
import { updateTrainee, type LossAndGradient, type Trainee } from './trainee.ts';

/** What a batch costs, and the numbers that are noted of it besides. */
export interface BatchLoss extends LossAndGradient {
  readonly noted?: Readonly<Record<string, number>>;
}

/** Training that goes through examples in batches, one step for each. */
export interface SteppedTraining<T> {
  readonly trainee: Trainee;
  /** Of the stream that puts the examples in order. */
  readonly name: string;
  readonly examples: readonly T[];
  /** The learning rate rises to its peak and falls as a cosine to a share of it. */
  readonly settings: Passes & {
    readonly learningRate: number;
    readonly warmupSteps: number;
    readonly finalShare: number;
  };
  readonly adam: Hyperparameters['adam'];
  readonly lossOf: (batch: readonly T[]) => Promise<BatchLoss>;
  /** Called behind each update, with the steps that the stage will come to. */
  readonly afterUpdate?: (totalSteps: number) => Promise<void>;
}

/**
 * Updates the trainee batch by batch until all passes are made or the time is over.
 *
 * @returns why it stopped early, or `undefined` when it ran to its end.
 */
export async function trainInSteps<T>(
  { trainee, name, examples, settings, adam, lossOf, afterUpdate }: SteppedTraining<T>,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const { state, seed } = runtime;
  const whole = { totalSteps: stepCount(examples.length, settings), breathsPerStep: settings.batchSize };
  let totalSteps = planSteps(runtime, whole);
  while (state.step < totalSteps) {
    const batch = batchAt(examples, state.step, settings, { seed, name });
    const schedule = { ...settings, peak: settings.learningRate, shape: 'cosine' as const, totalSteps };
    const learningRate = learningRateAt(state.step, schedule);
    const { noted, ...step } = await lossOf(batch);
    const gradientNorm = updateTrainee(trainee, step, adam, learningRate);
    noteStep(state, { loss: step.loss, ...noted, gradientNorm, learningRate });
    await afterUpdate?.(totalSteps);
    await runtime.afterStep();
    totalSteps = planSteps(runtime, whole);
  }
  return reasonOfTime(state.step, whole.totalSteps);
}
