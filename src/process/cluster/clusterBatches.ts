import { sentence } from '../../sentences/sentence.ts';
import type { ClusterMethod } from './clusterMethods.ts';
import { unfitExport } from '../errors.ts';
import type { ClusterHyperparameters } from './clusterHyperparameters.ts';

/** What the rows of a step depend on. */
export interface SharedSteps {
  readonly method: ClusterMethod;
  readonly hyperparameters: Pick<ClusterHyperparameters, 'sft' | 'reward' | 'direct'>;
  readonly workers: number;
}

/**
 * Makes sure that the rows of each step can be shared evenly, so that the job is the same whatever the workers: what does
 * not divide, workers could only do with other steps. PPO shares its own rollouts out, evenly or not. The job asks
 * for it again (cluster/attune_cluster/batches.py), as its file may be edited. Throws ProcessError 'unfitExport'.
 */
export function requireEvenSteps(folder: string, { method, hyperparameters, workers }: SharedSteps): void {
  const sizes = trainedStages[method].map((name) => ({ name, rows: hyperparameters[name].batchSize }));
  const uneven = sizes.filter(({ rows }) => rows % workers !== 0);
  if (uneven.length === 0) return;
  const named = uneven.map(({ name, rows }) => `${name}.batchSize ${rows}`).join(', ');
  const counts = sharedDivisors(sizes.map(({ rows }) => rows)).join(', ');
  throw unfitExport(
    folder,
    sentence`${workers} workers cannot share the rows of a step evenly (${named}), and the job would be another one than here. Take as many workers as one of ${counts}, or hyperparameters with each of these a multiple of ${workers}.`,
  );
}

/** The stages whose steps are shared. */
const trainedStages = {
  sft: ['sft'],
  dpo: ['sft', 'reward', 'direct'],
  kto: ['sft', 'reward', 'direct'],
  ppo: ['sft', 'reward'],
} as const satisfies Record<ClusterMethod, readonly (keyof SharedSteps['hyperparameters'])[]>;

function sharedDivisors(numbers: readonly number[]): number[] {
  const candidates = Array.from({ length: Math.min(...numbers) }, (_, i) => i + 1);
  return candidates.filter((candidate) => numbers.every((number) => number % candidate === 0));
}
