import { floatsOf, type Tensor } from '../../engine/runtime/session.ts';
import { sentence } from '../../sentences/sentence.ts';
import { clipScale, globalNorm, newAdamState, updateWithAdamW, type AdamState } from './adamW.ts';
import type { TrainedModel } from '../graphs/trainingInputs.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { requireFinite } from './trainingGuards.ts';

/** A parameter vector that is being trained, with its optimiser's memory. */
export interface Trainee {
  readonly model: TrainedModel;
  /** [size], laid out by `model.layout`; updated in place. */
  readonly theta: Float32Array;
  readonly adam: AdamState;
}

/** A trainee that starts from a copy of `theta`. */
export function newTrainee(model: TrainedModel, theta: Float32Array): Trainee {
  return { model, theta: theta.slice(), adam: newAdamState(theta.length) };
}

/** What one micro-batch adds to a step. */
export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** What a training graph gives of one. */
export function lossAndGradient(outputs: Readonly<Record<string, Tensor>>): LossAndGradient {
  return { loss: floatsOf(outputs, 'loss')[0]!, gradient: floatsOf(outputs, 'gradient') };
}

/** The sum over micro-batches, in their order, so that the result has the same bits however long each takes. */
export async function sumMicroBatches<T>(
  parts: readonly T[],
  lossOf: (part: T) => Promise<LossAndGradient>,
): Promise<LossAndGradient> {
  let sum: LossAndGradient | undefined;
  for (const part of parts) {
    const { loss, gradient } = await lossOf(part);
    if (sum === undefined) sum = { loss, gradient };
    else sum = { loss: sum.loss + loss, gradient: addInto(sum.gradient, gradient) };
  }
  return sum ?? { loss: 0, gradient: new Float32Array(0) };
}

/**
 * One clipped AdamW update from the gradient of a whole batch.
 *
 * @returns the gradient's norm before clipping.
 * @throws TrainerError 'diverged' when loss or gradient is not finite; theta is untouched then.
 */
export function updateTrainee(
  { theta, adam }: Trainee,
  { loss, gradient }: LossAndGradient,
  settings: Hyperparameters['adam'],
  learningRate: number,
): number {
  requireFinite(sentence`the loss`, loss, adam.step);
  const norm = requireFinite(sentence`the norm of the gradient`, globalNorm(gradient), adam.step);
  const gradientScale = clipScale(norm, settings.maxGradientNorm);
  updateWithAdamW(theta, gradient, adam, { ...settings, learningRate, gradientScale });
  return norm;
}

function addInto(target: Float32Array, addend: Float32Array): Float32Array {
  for (let i = 0; i < target.length; i++) target[i]! += addend[i]!;
  return target;
}
