import { floatTensor, floatsOf } from '../../engine/runtime/session.ts';
import { mean } from '../gate/statistics.ts';
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

/** What each head of the reward model [H] gives each whole sequence: the scalars at its last token. */
export function scoreHeads(
  sessions: GraphSessions,
  scorer: Scorer,
  sequences: readonly TokenSequence[],
): Promise<number[][]> {
  return scoreScalars(sessions, scorer, lastTokenBatch(sequences));
}

/** The critic's values [free tokens] of each sequence, each the mean of its heads and standing before the token it is about. */
export async function scoreValues(
  sessions: GraphSessions,
  scorer: Scorer,
  sequences: readonly TokenSequence[],
): Promise<Float32Array[]> {
  const heads = await scoreScalars(sessions, scorer, tokenRows(sequences));
  return splitByTokens(Float32Array.from(heads, mean), sequences);
}

/** Numbers per free token, sequence after sequence, as one array per sequence. */
function splitByTokens(values: Float32Array, sequences: readonly TokenSequence[]): Float32Array[] {
  let start = 0;
  return sequences.map((sequence) => values.slice(start, (start += freeTokenCount(sequence))));
}

/** Numbers [rows, H] as one list per row. */
export function perRow(values: Float32Array, rowCount: number): number[][] {
  const heads = values.length / rowCount;
  return Array.from({ length: rowCount }, (_, i) => Array.from(values.subarray(i * heads, (i + 1) * heads)));
}

async function scoreScalars(
  sessions: GraphSessions,
  { model, theta }: Scorer,
  batch: SequenceBatch,
): Promise<number[][]> {
  const graph = { name: 'scalars', model, graphOf: scalarGraph };
  const outputs = await sessions.run(graph, batch, { theta: floatTensor(theta) });
  return perRow(floatsOf(outputs, 'scalars'), batch.rowCount);
}
