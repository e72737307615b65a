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
