import { freeTokenCount, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { mean } from '../gate/statistics.ts';
import { bestWorth, noteCandidate } from './bestCheckpoint.ts';
import { scoreLogProbs } from './scoring.ts';
import type { StageRuntime } from './stage.ts';
import { supervisedLoss } from './supervisedLoss.ts';
import { sumMicroBatches, type LossAndGradient, type Trainee } from './trainee.ts';
import { trainInSteps } from './trainInSteps.ts';

/** A demonstration as tokens: what the policy should have written at that prompt. */
export interface WeightedSequence extends TokenSequence {
  /** How much it counts; 1 is an ordinary demonstration. */
  readonly weight: number;
}

/** Demonstrations that are read in one pass; made when it is their turn, because making all takes a minute. */
export type DemonstrationPack = () => readonly WeightedSequence[];

/** What SFT learns from, and what tells its best step. */
export interface SftParts {
  readonly policy: Trainee;
  readonly packs: readonly DemonstrationPack[];
  /** Absent: the last step counts as the best. */
  readonly validation?: Validation | undefined;
}

/** What tells the best step. */
export interface Validation {
  /** Read now and then, never learned from. */
  readonly packs: readonly DemonstrationPack[];
  /** [size]; takes the parameters of the least loss. */
  readonly best: Float32Array;
}

/**
 * Supervised fine-tuning: minimises the mean negative log-probability of the demonstrations'
 * completion tokens, prompts left out (completion-only loss, as TRL's SFTTrainer has it). A batch is some
 * packs; each is read in one pass. Ends with the parameters that had the least loss on the validation packs.
 *
 * @returns why it stopped early, or `undefined` when it ran to its end.
 */
export async function runSft(
  parts: SftParts,
  { sft, adam }: Hyperparameters,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const { policy, packs, validation } = parts;
  const { state } = runtime;
  const stopReason = await trainInSteps(
    {
      ...{ trainee: policy, name: 'sft', examples: packs, settings: sft, adam },
      lossOf: (batch) => batchLoss(policy, batch, runtime),
      afterUpdate: async (totalSteps) => {
        if (isTimeToValidate(state.step, totalSteps, sft)) await validate(parts, runtime);
      },
    },
    runtime,
  );
  if (state.step > 0) await validate(parts, runtime);
  if (validation !== undefined && bestWorth({ state }) !== undefined) policy.theta.set(validation.best);
  return stopReason;
}

/** After equal parts of the stage, `validations` times. */
function isTimeToValidate(
  step: number,
  totalSteps: number,
  { validations }: Pick<Hyperparameters['sft'], 'validations'>,
): boolean {
  const partsDone = (steps: number): number => Math.floor((steps * validations) / totalSteps);
  return partsDone(step) > partsDone(step - 1);
}

/** Keeps the parameters if they are the best so far; asked twice behind a step, it looks once. */
async function validate({ policy, validation }: SftParts, runtime: StageRuntime): Promise<void> {
  const { state } = runtime;
  if (validation === undefined || state.numbers['validatedStep'] === state.step) return;
  const loss = await validationLoss(policy, validation.packs, runtime);
  noteCandidate({ state, theta: validation.best }, policy.theta, { mean: -loss, error: 0 });
  state.numbers['validatedStep'] = state.step;
}

/** The mean loss of a token over all packs. */
async function validationLoss(
  policy: Trainee,
  packs: readonly DemonstrationPack[],
  { sessions, breathe }: Pick<StageRuntime, 'sessions' | 'breathe'>,
): Promise<number> {
  const losses: number[] = [];
  for (const pack of packs) {
    await breathe();
    for (const logProbs of await scoreLogProbs(sessions, policy, pack(), 1))
      losses.push(...logProbs.map((logProb) => -logProb));
  }
  return mean(losses);
}

/** The mean loss over all tokens of the batch, and its gradient. */
async function batchLoss(
  policy: Trainee,
  packs: readonly DemonstrationPack[],
  runtime: StageRuntime,
): Promise<LossAndGradient> {
  const batch = packs.map((pack) => pack());
  const totalWeight = batch
    .flat()
    .reduce((sum, sequence) => sum + sequence.weight * freeTokenCount(sequence), 0);
  return sumMicroBatches(batch, async (pack) => {
    await runtime.breathe();
    const weights = pack.map(({ weight }) => weight / totalWeight);
    return supervisedLoss(policy, pack, weights, runtime);
  });
}
