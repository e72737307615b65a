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
  /** How many of the prompt's last tokens are text of the document right before the cursor. */
  readonly prefixTokens: number;
}

/**
 * Supervised fine-tuning: minimises the mean negative log-probability of the demonstrations'
 * completion tokens, prompts left out (completion-only loss, as TRL's SFTTrainer has it).
 *
 * @returns why it stopped early, or `undefined` when it ran to its end.
 */
export async function runSft(
  policy: Trainee,
  demonstrations: readonly WeightedSequence[],
  { sft, adam }: Hyperparameters,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const { state, seed } = runtime;
  const whole = { totalSteps: stepCount(demonstrations.length, sft), breathsPerStep: sft.batchSize };
  let totalSteps = planSteps(runtime, whole);
  while (state.step < totalSteps) {
    const batch = batchAt(demonstrations, state.step, sft, { seed, name: 'sft' });
    const learningRate = learningRateAt(state.step, {
      ...sft,
      peak: sft.learningRate,
      shape: 'cosine',
      totalSteps,
    });
    const step = await batchLoss(policy, batch, sft, runtime);
    const gradientNorm = updateTrainee(policy, step, adam, learningRate);
    noteStep(state, { loss: step.loss, gradientNorm, learningRate });
    await runtime.afterStep();
    totalSteps = planSteps(runtime, whole);
  }
  return reasonOfTime(state.step, whole.totalSteps);
}

/** The weighted mean loss over all tokens of the batch that are learned, and its gradient. */
async function batchLoss(
  policy: Trainee,
  batch: readonly WeightedSequence[],
  context: Context,
  { sessions, breathe }: StageRuntime,
): Promise<LossAndGradient> {
  const lessons = batch.map((example) => withContext(example, context));
  const totalWeight = sumOf(lessons.flatMap(({ weights }) => weights));
  return sumMicroBatches(lessons, async ({ sequence, weights }) => {
    await breathe();
    const outputs = await sessions.run(
      { name: 'sft', model: policy.model, graphOf: supervisedGraph },
      tokenBatch([sequence]),
      {
        weights: floatTensor(weights.map((weight) => weight / totalWeight)),
        inverseTemperature: floatTensor([1], []),
        theta: floatTensor(policy.theta),
      },
    );
    return { loss: floatsOf(outputs, 'loss')[0]!, gradient: floatsOf(outputs, 'gradient') };
  });
}

/** A sequence, and how much each of the tokens counts that a loss looks at. */
interface Lesson {
  readonly sequence: TokenSequence;
  readonly weights: readonly number[];
}

/** How much of the text before a demonstration is learned with it. */
interface Context {
  readonly contextTokens: number;
  readonly contextWeight: number;
}

/**
 * A demonstration with the text right before it learned as well: the user wrote that too, and it is
 * computed in any case.
 */
function withContext(
  example: WeightedSequence,
  { contextTokens, contextWeight }: Context,
): Lesson {
  const { promptTokens, completionTokens, freeFrom, weight } = example;
  const own = new Array<number>(freeTokenCount(example)).fill(weight);
  // The first token of a text has no row before it.
  const count = Math.min(contextTokens, example.prefixTokens, promptTokens.length - 1);
  if (count === 0) return { sequence: example, weights: own };
  const sequence = {
    promptTokens: promptTokens.slice(0, -count),
    completionTokens: [...promptTokens.slice(-count), ...completionTokens],
    freeFrom: 0,
  };
  const before = new Array<number>(count + freeFrom).fill(contextWeight * weight);
  return { sequence, weights: [...before, ...own] };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
