import { rm } from 'node:fs/promises';
import type { IsForgotten } from '../trainer/keptComparisons.ts';
import { forgetSourceFiles } from '../trainer/sourceFiles.ts';
import { adaptersIn } from './adapters.ts';
import type { DataPaths } from './dataFolder.ts';

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

/** Forgets all that is kept beside the store of the user's work, the words of what went wrong in it too. */
export async function forgetAllKeptWork({
  problems,
  ...work
}: Pick<DataPaths, 'adapters' | 'checkpoint' | 'problems'>): Promise<void> {
  await forgetKeptWork(work);
  await rm(problems, { force: true });
}
