import { availableParallelism } from 'node:os';
import { bringModelFolder } from '../../src/cli/models.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { openModelFolder, type ModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import type { Scorer } from '../../src/trainer/stages/scoring.ts';
import { readPairWork, type Pair, type PairWork } from './pairWork.ts';

/** The base model, ready to tell how likely texts are. */
export interface BaseScorer extends Scorer {
  readonly sessions: GraphSessions;
}

/** Looks at the work of each pair with a base model. */
export async function scorePairs<T>(
  pairs: readonly Pair[],
  { model, seed, terminal }: { readonly model: string; readonly seed: number; readonly terminal: Terminal },
  measure: (work: PairWork, base: ModelFolder, scorer: BaseScorer) => Promise<T>,
): Promise<T[]> {
  const base = await openModelFolder(await bringModelFolder(model, terminal));
  const sessions = new GraphSessions(cpuSessions(base, availableParallelism()));
  const trained = trainedModel(base, defaultHyperparameters.lora);
  // New factors change nothing: this is the base model.
  const scorer = { sessions, model: trained, theta: new Float32Array(trained.layout.size) };
  try {
    const measured: T[] = [];
    for (const pair of pairs) {
      const [work] = await readPairWork(pair, { seed, rounds: 1 });
      measured.push(await measure(work!, base, scorer));
    }
    return measured;
  } finally {
    await sessions.dispose();
  }
}
