import { floatTensor } from '../../engine/runtime/session.ts';
import { supervisedGraph } from '../graphs/policyGraph.ts';
import { freeTokenCount, tokenBatch, type TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Scorer } from './scoring.ts';
import type { StageRuntime } from './stage.ts';
import { lossAndGradient, type LossAndGradient } from './trainee.ts';

/**
 * The weighted negative log-probability of the sequences' free tokens, with its gradient by the parameters.
 *
 *   loss = -sum(weights * logProbs)
 *
 * @param weights one per sequence, the weight of each of its free tokens.
 */
export async function supervisedLoss(
  { model, theta }: Scorer,
  sequences: readonly TokenSequence[],
  weights: readonly number[],
  { sessions }: Pick<StageRuntime, 'sessions'>,
): Promise<LossAndGradient> {
  const ofTokens = sequences.flatMap((sequence, i) =>
    new Array<number>(freeTokenCount(sequence)).fill(weights[i]!),
  );
  const outputs = await sessions.run(
    { name: 'sft', model, graphOf: supervisedGraph },
    tokenBatch(sequences),
    {
      weights: floatTensor(ofTokens),
      inverseTemperature: floatTensor([1], []),
      theta: floatTensor(theta),
    },
  );
  return lossAndGradient(outputs);
}
