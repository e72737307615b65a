import { floatTensor, floatsOf } from '../../engine/runtime/session.ts';
import type { GraphSessions } from '../graphs/graphSessions.ts';
import { logProbGraph } from '../graphs/policyGraph.ts';
import { scalarGraph } from '../graphs/scalarGraph.ts';
import {
  freeTokenCount,
  lastTokenBatch,
  tokenBatch,
  tokenRows,
  type SequenceBatch,
  type TokenSequence,
} from '../graphs/sequenceBatch.ts';
import type { TrainedModel } from '../graphs/trainingInputs.ts';

/** Parameters that are only read. */
export interface Scorer {
  readonly model: TrainedModel;
  readonly theta: Float32Array;
}

/**
 * Log-probabilities [free tokens] of each sequence under softmax(logits / temperature), by a full
 * forward pass of the training graph: the same kernels that PPO's ratio is computed with, so the
 * first ratio of an iteration is 1.
 */
export async function scoreLogProbs(
  sessions: GraphSessions,
  { model, theta }: Scorer,
  sequences: readonly TokenSequence[],
  temperature: number,
): Promise<Float32Array[]> {
  const outputs = await sessions.run(
    { name: 'logProbs', model, graphOf: logProbGraph },
    tokenBatch(sequences),
    {
      inverseTemperature: floatTensor([1 / temperature], []),
      theta: floatTensor(theta),
    },
  );
  return splitByTokens(floatsOf(outputs, 'logProbs'), sequences);
}

/** The reward model's number for each whole sequence: the scalar at its last token. */
export async function scoreRewards(
  sessions: GraphSessions,
  scorer: Scorer,
  sequences: readonly TokenSequence[],
): Promise<number[]> {
  const scalars = await scoreScalars(sessions, scorer, lastTokenBatch(sequences));
  return Array.from(scalars);
}

/** The critic's values [free tokens] of each sequence, each standing before the token it is about. */
export async function scoreValues(
  sessions: GraphSessions,
  scorer: Scorer,
  sequences: readonly TokenSequence[],
): Promise<Float32Array[]> {
  return splitByTokens(await scoreScalars(sessions, scorer, tokenRows(sequences)), sequences);
}

/** Numbers per free token, sequence after sequence, as one array per sequence. */
export function splitByTokens(values: Float32Array, sequences: readonly TokenSequence[]): Float32Array[] {
  let start = 0;
  return sequences.map((sequence) => values.slice(start, (start += freeTokenCount(sequence))));
}

async function scoreScalars(
  sessions: GraphSessions,
  { model, theta }: Scorer,
  batch: SequenceBatch,
): Promise<Float32Array> {
  const graph = { name: 'scalars', model, graphOf: scalarGraph };
  return floatsOf(await sessions.run(graph, batch, { theta: floatTensor(theta) }), 'scalars');
}
