import { rm } from 'node:fs/promises';
import type { IsForgotten } from '../../trainer/adapters/keptComparisons.ts';
import { forgetSourceFiles } from '../../trainer/data/sourceFiles.ts';
import { adaptersIn } from '../adapters.ts';
import type { DataPaths } from '../dataFolder.ts';

/**
 * Forgets the user's work that is kept outside of the store, of some places or of all: the held-out work
 * beside adapters, and the files that an interrupted retraining read, which go as a whole.
 */
export async function forgetKeptWork(
  { adapters, checkpoint }: Pick<DataPaths, 'adapters' | 'checkpoint'>,
  isForgotten?: IsForgotten,
): Promise<void> {
  await adaptersIn(adapters).forget(isForgotten);
  await forgetSourceFiles(checkpoint);
}

/** Forgets what was learned: every adapter, and what an interrupted retraining had learned by then. */
export async function forgetLearned({
  adapters,
  checkpoint,
}: Pick<DataPaths, 'adapters' | 'checkpoint'>): Promise<void> {
  await adaptersIn(adapters).deleteAll();
  await rm(checkpoint, { recursive: true, force: true });
}

/**
 * Forgets all that is kept beside the store of the user's work: the words of what went wrong in it too, and
 * what a window that was killed left of its talk with a cluster.
 */
export async function forgetAllKeptWork({
  problems,
  cluster,
  ...work
}: Pick<DataPaths, 'adapters' | 'checkpoint' | 'problems' | 'cluster'>): Promise<void> {
  await forgetKeptWork(work);
  for (const path of [problems, cluster]) await rm(path, { recursive: true, force: true });
}
