import { floatTensor, floatsOf } from '../../engine/runtime/session.ts';
import type { GraphSessions } from '../graphs/graphSessions.ts';
import { logProbGraph } from '../graphs/policyGraph.ts';
import { scalarGraph } from '../graphs/scalarGraph.ts';
import {
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
 * Log-probabilities [free tokens] of a sequence under softmax(logits / temperature), by a full
 * forward pass of the training graph: the same kernels that PPO's ratio is computed with, so the
 * first ratio of an iteration is 1.
 */
export async function scoreLogProbs(
  sessions: GraphSessions,
  { model, theta }: Scorer,
  sequence: TokenSequence,
  temperature: number,
): Promise<Float32Array> {
  const batch = tokenBatch([sequence]);
  const outputs = await sessions.run({ name: 'logProbs', model, graphOf: logProbGraph }, batch, {
    inverseTemperature: floatTensor([1 / temperature], []),
    theta: floatTensor(theta),
  });
  return floatsOf(outputs, 'logProbs').slice(0, batch.rowCount);
}

/** The reward model's number for a whole sequence: the scalar at its last token. */
export async function scoreReward(
  sessions: GraphSessions,
  scorer: Scorer,
  sequence: TokenSequence,
): Promise<number> {
  const [reward] = await scoreScalars(sessions, scorer, lastTokenBatch([sequence]));
  return reward!;
}

/** The critic's values [free tokens], each standing before the token it is about. */
export async function scoreValues(
  sessions: GraphSessions,
  scorer: Scorer,
  sequence: TokenSequence,
): Promise<Float32Array> {
  return scoreScalars(sessions, scorer, tokenRows([sequence]));
}

async function scoreScalars(
  sessions: GraphSessions,
  { model, theta }: Scorer,
  batch: SequenceBatch,
): Promise<Float32Array> {
  const outputs = await sessions.run({ name: 'scalars', model, graphOf: scalarGraph }, batch, {
    theta: floatTensor(theta),
  });
  return floatsOf(outputs, 'scalars').slice(0, batch.rowCount);
}
