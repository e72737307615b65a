import { floatTensor, floatsOf } from '../../engine/runtime/session.ts';
import { supervisedGraph } from '../graphs/policyGraph.ts';
import { freeTokenCount, tokenBatch, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { learningRateAt } from '../schedule.ts';
import { batchAt, stepCount } from './batches.ts';
import { reasonOfTime } from '../timeBudget.ts';
import { noteStep, planSteps, type StageRuntime } from './stage.ts';
import { sumMicroBatches, updateTrainee, type LossAndGradient, type Trainee } from './trainee.ts';

/** A demonstration as tokens: what the policy should have written at that prompt. */
export interface WeightedSequence extends TokenSequence {
  /** How much it counts; 1 is an ordinary demonstration. */
  readonly weight: number;
}

/** Demonstrations that are read in one pass; made when it is their turn, because making all takes a minute. */
export type DemonstrationPack = () => readonly WeightedSequence[];

/**
 * Supervised fine-tuning: minimises the mean negative log-probability of the demonstrations'
 * completion tokens, prompts left out (completion-only loss, as TRL's SFTTrainer has it). A batch is some
 * packs; each is read in one pass.
 *
 * @returns why it stopped early, or `undefined` when it ran to its end.
 */
export async function runSft(
  policy: Trainee,
  packs: readonly DemonstrationPack[],
  { sft, adam }: Hyperparameters,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const { state, seed } = runtime;
  const whole = { totalSteps: stepCount(packs.length, sft), breathsPerStep: sft.batchSize };
  let totalSteps = planSteps(runtime, whole);
  while (state.step < totalSteps) {
    const batch = batchAt(packs, state.step, sft, { seed, name: 'sft' }).map((pack) => pack());
    const learningRate = learningRateAt(state.step, {
      ...sft,
      peak: sft.learningRate,
      shape: 'cosine',
      totalSteps,
    });
    const step = await batchLoss(policy, batch, runtime);
    const gradientNorm = updateTrainee(policy, step, adam, learningRate);
    noteStep(state, { loss: step.loss, gradientNorm, learningRate });
    await runtime.afterStep();
    totalSteps = planSteps(runtime, whole);
  }
  return reasonOfTime(state.step, whole.totalSteps);
}

/** The mean loss over all tokens of the batch, and its gradient. */
async function batchLoss(
  policy: Trainee,
  batch: readonly (readonly WeightedSequence[])[],
  { sessions, breathe }: StageRuntime,
): Promise<LossAndGradient> {
  const totalWeight = batch
    .flat()
    .reduce((sum, sequence) => sum + sequence.weight * freeTokenCount(sequence), 0);
  return sumMicroBatches(batch, async (pack) => {
    await breathe();
    const micro = tokenBatch(pack);
    const weights = pack.flatMap((sequence) =>
      new Array<number>(freeTokenCount(sequence)).fill(sequence.weight / totalWeight),
    );
    const outputs = await sessions.run(
      { name: 'sft', model: policy.model, graphOf: supervisedGraph },
      micro,
      {
        weights: floatTensor(weights),
        inverseTemperature: floatTensor([1], []),
        theta: floatTensor(policy.theta),
      },
    );
    return { loss: floatsOf(outputs, 'loss')[0]!, gradient: floatsOf(outputs, 'gradient') };
  });
}
