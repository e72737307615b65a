import { floatTensor, floatsOf, type Tensor } from '../../engine/runtime/session.ts';
import { clippedPolicyGraph } from '../graphs/policyGraph.ts';
import { clippedValueGraph } from '../graphs/scalarGraph.ts';
import {
  freeTokenCount,
  tokenBatch,
  tokenRows,
  type SequenceBatch,
  type TokenSequence,
} from '../graphs/sequenceBatch.ts';
import type { GraphOf } from '../graphs/graphSessions.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { policyLoss } from './ppoLoss.ts';
import { learningRateAt } from './schedule.ts';
import { mean, sumOf } from '../gate/statistics.ts';
import { batchAt } from './batches.ts';
import type { PpoModels, ScoredRollout } from './ppoRollouts.ts';
import type { StageRuntime } from './stage.ts';
import { lossAndGradient, sumMicroBatches, updateTrainee, type LossAndGradient } from './trainee.ts';

/** How the updates of one iteration went. */
export interface UpdateHealth {
  /** Mean probability ratio of the very first minibatch: 1, or the policy that is scored is not the one that sampled. */
  readonly firstRatio: number;
  /** The following are means over the last pass. */
  readonly meanRatio: number;
  readonly clipShare: number;
  readonly approxKl: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
}

type MinibatchResult = Omit<UpdateHealth, 'firstRatio'>;

/** What steers the updates. */
export interface UpdateSettings extends Pick<Hyperparameters, 'ppo' | 'adam'> {
  /** How many the run will come to: the learning rate falls to 0 over them. */
  readonly iterations: number;
}

/**
 * All passes of minibatches over one iteration's rollouts; policy and critic have optimisers of
 * their own. Rollouts of one prompt stay together: they are packed behind one copy of it.
 */
export async function updateOnRollouts(
  models: PpoModels,
  groups: readonly (readonly ScoredRollout[])[],
  { ppo, adam, iterations }: UpdateSettings,
  runtime: StageRuntime,
): Promise<UpdateHealth> {
  const { step: iteration } = runtime.state;
  const passes = { epochs: ppo.epochs, batchSize: Math.max(1, Math.ceil(groups.length / ppo.minibatches)) };
  const stepsPerPass = Math.ceil(groups.length / passes.batchSize);
  const stream = { seed: runtime.seed, name: `ppo ${iteration}` };
  const rateAt = (peak: number): number =>
    learningRateAt(iteration, {
      peak,
      shape: 'linear',
      warmupSteps: 0,
      totalSteps: iterations,
      finalShare: 0,
    });
  const results: MinibatchResult[] = [];
  for (let step = 0; step < stepsPerPass * ppo.epochs; step++) {
    const minibatch = batchAt(groups, step, passes, stream);
    const policy = await policyStep(models, minibatch, ppo, runtime);
    const critic = await criticStep(models, minibatch, ppo, runtime);
    updateTrainee(models.policy, policy, adam, rateAt(ppo.learningRate));
    updateTrainee(models.critic, critic, adam, rateAt(ppo.valueLearningRate));
    results.push({ ...policy.metrics, policyLoss: policy.loss, valueLoss: critic.loss });
  }
  return summarise(results, stepsPerPass);
}

interface PolicyMetrics {
  readonly meanRatio: number;
  readonly clipShare: number;
  readonly approxKl: number;
}

/** Loss and gradient of the clipped surrogate over a minibatch, with the ratio's metrics. */
async function policyStep(
  { policy }: PpoModels,
  minibatch: readonly (readonly ScoredRollout[])[],
  ppo: Hyperparameters['ppo'],
  { sessions, breathe }: StageRuntime,
): Promise<LossAndGradient & { readonly metrics: PolicyMetrics }> {
  const graphOf: GraphOf = (model) => clippedPolicyGraph(model, ppo.clipRange);
  const tokenCount = tokensIn(minibatch);
  const metrics: PolicyMetrics[] = [];
  const sum = await sumMicroBatches(minibatch, async (group) => {
    await breathe();
    const batch = tokenBatch(sequencesOf(group));
    const old = perToken(group);
    const outputs = await sessions.run({ name: 'ppoPolicy', model: policy.model, graphOf }, batch, {
      ...rowInputs(batch, { oldLogProbs: old.logProbs, advantages: old.advantages }, tokenCount),
      inverseTemperature: floatTensor([1 / ppo.temperature], []),
      theta: floatTensor(policy.theta),
    });
    const logProbs = floatsOf(outputs, 'logProbs');
    const tokens = { logProbs, oldLogProbs: old.logProbs, advantages: old.advantages };
    metrics.push(policyLoss(tokens, ppo.clipRange, tokenCount));
    return lossAndGradient(outputs);
  });
  return { ...sum, metrics: totalOf(metrics) };
}

/** Loss and gradient of the clipped value loss over a minibatch. */
async function criticStep(
  { critic }: PpoModels,
  minibatch: readonly (readonly ScoredRollout[])[],
  ppo: Hyperparameters['ppo'],
  { sessions, breathe }: StageRuntime,
): Promise<LossAndGradient> {
  const graphOf: GraphOf = (model) => clippedValueGraph(model, ppo.valueClipRange);
  const tokenCount = tokensIn(minibatch);
  return sumMicroBatches(minibatch, async (group) => {
    await breathe();
    const batch = tokenRows(sequencesOf(group));
    const old = perToken(group);
    const outputs = await sessions.run({ name: 'ppoCritic', model: critic.model, graphOf }, batch, {
      ...rowInputs(batch, { oldValues: old.values, returns: old.returns }, tokenCount),
      theta: floatTensor(critic.theta),
    });
    return lossAndGradient(outputs);
  });
}

/** Inputs [M]: one over the minibatch's token count where a row stands for a token, and the given numbers. */
function rowInputs(
  { rowCount }: SequenceBatch,
  values: Readonly<Record<string, ArrayLike<number>>>,
  tokenCount: number,
): Record<string, Tensor> {
  const weights = new Array<number>(rowCount).fill(1 / tokenCount);
  return Object.fromEntries(
    Object.entries({ weights, ...values }).map(([name, row]) => [name, floatTensor(Float32Array.from(row))]),
  );
}

function sequencesOf(group: readonly ScoredRollout[]): TokenSequence[] {
  return group.map(({ sequence }) => sequence);
}

/** The numbers of a group token after token, in the order of the batch's rows. */
function perToken(group: readonly ScoredRollout[]) {
  const joined = (valuesOf: (rollout: ScoredRollout) => ArrayLike<number>): number[] =>
    group.flatMap((rollout) => Array.from(valuesOf(rollout)));
  return {
    logProbs: joined(({ logProbs }) => logProbs),
    advantages: joined(({ advantages }) => advantages),
    values: joined(({ values }) => values),
    returns: joined(({ returns }) => returns),
  };
}

function tokensIn(groups: readonly (readonly ScoredRollout[])[]): number {
  return sumOf(groups.flat().map(({ sequence }) => freeTokenCount(sequence)));
}

/** The metrics of micro-batches are shares of one token count, so they add up. */
function totalOf(parts: readonly PolicyMetrics[]): PolicyMetrics {
  const total = (name: keyof PolicyMetrics): number => sumOf(parts.map((part) => part[name]));
  return { meanRatio: total('meanRatio'), clipShare: total('clipShare'), approxKl: total('approxKl') };
}

function summarise(results: readonly MinibatchResult[], stepsPerPass: number): UpdateHealth {
  const last = results.slice(-stepsPerPass);
  const meanOf = (name: keyof MinibatchResult): number => mean(last.map((result) => result[name]));
  return {
    firstRatio: results[0]?.meanRatio ?? 1,
    meanRatio: meanOf('meanRatio'),
    clipShare: meanOf('clipShare'),
    approxKl: meanOf('approxKl'),
    policyLoss: meanOf('policyLoss'),
    valueLoss: meanOf('valueLoss'),
  };
}
