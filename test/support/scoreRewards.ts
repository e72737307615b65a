import type { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import type { TokenSequence } from '../../src/trainer/graphs/sequenceBatch.ts';
import { scoreHeads, type Scorer } from '../../src/trainer/stages/scoring.ts';
import { mean } from '../../src/trainer/gate/statistics.ts';

/** The reward model's number for each whole sequence: the mean of its heads. */
export async function scoreRewards(
  sessions: GraphSessions,
  scorer: Scorer,
  sequences: readonly TokenSequence[],
): Promise<number[]> {
  return (await scoreHeads(sessions, scorer, sequences)).map(mean);
}
