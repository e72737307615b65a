import { freshLora } from '../../engine/model/lora.ts';
import { RandomStream } from '../../engine/random.ts';
import { floatTensor, type Tensor } from '../../engine/runtime/session.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import type { GraphOf } from './graphSessions.ts';
import { clippedPolicyGraph, supervisedGraph } from './policyGraph.ts';
import { clippedValueGraph, rewardGraph, scalarLayout } from './scalarGraph.ts';
import {
  lastTokenBatch,
  tokenBatch,
  tokenRows,
  type SequenceBatch,
  type TokenSequence,
} from './sequenceBatch.ts';
import type { TrainedModel } from './trainingInputs.ts';

/** A graph that a stage trains by, and a batch of random tokens for it. */
export interface TrialGraph {
  readonly name: string;
  readonly model: TrainedModel;
  readonly graphOf: GraphOf;
  readonly batch: SequenceBatch;
  /** `theta` among them. */
  readonly inputs: Readonly<Record<string, Tensor>>;
}

/** What the losses of a run are made with. */
export interface LossSettings {
  readonly ppo: Pick<Hyperparameters['ppo'], 'clipRange' | 'valueClipRange'>;
  readonly reward: Pick<Hyperparameters['reward'], 'centring' | 'heads'>;
}

/** The supervised loss of one sequence; DPO and KTO are computed by its graph as well. */
export function supervisedTrial(
  model: TrainedModel,
  { promptTokens, learnedTokens }: { readonly promptTokens: number; readonly learnedTokens: number },
): TrialGraph {
  const batch = tokenBatch([randomSequences(model)(promptTokens, learnedTokens)]);
  const inputs = { ...thetaOf(model), ...meanOf(batch), inverseTemperature: floatTensor([1], []) };
  return { name: 'sft', model, graphOf: supervisedGraph, batch, inputs };
}

/** The losses of the reward model and of PPO's policy and critic: short, for the decoder in them is that of the supervised loss. */
export function otherTrials(model: TrainedModel, { ppo, reward }: LossSettings): readonly TrialGraph[] {
  return [
    policyTrial(model, ppo.clipRange),
    rewardTrial(withHeads(model, reward.heads), reward.centring),
    criticTrial(withHeads(model, reward.heads), ppo.valueClipRange),
  ];
}

/** The old log-probabilities are those of a blind guess, but 0 in the first row, which is never clipped for that. */
function policyTrial(model: TrainedModel, clipRange: number): TrialGraph {
  const batch = tokenBatch(shortSequences(model));
  const guess = -Math.log(model.config.vocabularySize);
  const inputs = {
    ...thetaOf(model),
    ...meanOf(batch),
    inverseTemperature: floatTensor([1], []),
    oldLogProbs: rowsOf(batch, (row) => (row === 0 ? 0 : guess)),
    advantages: rowsOf(batch, inTurn),
  };
  return { name: 'ppoPolicy', model, graphOf: (of) => clippedPolicyGraph(of, clipRange), batch, inputs };
}

function rewardTrial(model: TrainedModel, centring: number): TrialGraph {
  const batch = lastTokenBatch(shortSequences(model));
  const heads = model.layout.slots.at(-1)!.shape[0]!;
  const inputs = {
    ...thetaOf(model),
    pairWeights: floatTensor([0, 0.9, 0.1, 0], [2, 2]),
    headWeights: floatTensor(new Array<number>(heads).fill(1 / heads)),
  };
  return { name: 'reward', model, graphOf: (of) => rewardGraph(of, centring), batch, inputs };
}

function criticTrial(model: TrainedModel, clipRange: number): TrialGraph {
  const batch = tokenRows(shortSequences(model));
  const inputs = {
    ...thetaOf(model),
    ...meanOf(batch),
    oldValues: rowsOf(batch, () => 0),
    returns: rowsOf(batch, inTurn),
  };
  return { name: 'ppoCritic', model, graphOf: (of) => clippedValueGraph(of, clipRange), batch, inputs };
}

function withHeads(model: TrainedModel, heads: number): TrainedModel {
  return { ...model, layout: scalarLayout(model.config, model.lora, heads) };
}

/** So far from a fresh adapter, whose second factors are 0, that each factor and head has a gradient. */
const trialSpread = 0.01;

function thetaOf({ layout }: TrainedModel): { readonly theta: Tensor } {
  const stream = RandomStream.named(1, 'training device, adapter');
  const theta = freshLora(layout, stream).map((value) => value + trialSpread * stream.nextNormal());
  return { theta: floatTensor(theta) };
}

/** Makes sequences of random tokens. */
function randomSequences({ config }: TrainedModel) {
  const stream = RandomStream.named(1, 'training device');
  const tokens = (count: number) =>
    Array.from({ length: count }, () => stream.nextBelow(config.vocabularySize));
  return (promptTokens: number, learnedTokens: number): TokenSequence => ({
    promptTokens: tokens(promptTokens),
    completionTokens: tokens(learnedTokens),
    freeFrom: 0,
  });
}

/** Two, of unlike lengths. */
function shortSequences(model: TrainedModel): readonly TokenSequence[] {
  const sequenceOf = randomSequences(model);
  return [sequenceOf(7, 5), sequenceOf(4, 3)];
}

/** 1 and -1 in turn. */
function inTurn(row: number): number {
  return row % 2 === 0 ? 1 : -1;
}

function rowsOf({ rowCount }: SequenceBatch, valueOf: (row: number) => number): Tensor {
  return floatTensor(Array.from({ length: rowCount }, (_, row) => valueOf(row)));
}

function meanOf(batch: SequenceBatch): { readonly weights: Tensor } {
  return { weights: rowsOf(batch, () => 1 / batch.rowCount) };
}
