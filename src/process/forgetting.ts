import { forgetSourceFiles } from '../trainer/sourceFiles.ts';
import { adaptersIn } from './adapters.ts';
import type { DataPaths } from './dataFolder.ts';

/**
 * Forgets the user's work that is kept outside of the store, of one document or of all: the held-out work
 * beside adapters, and the files that an interrupted retraining read, which go as a whole.
 */
export async function forgetKeptWork(
  { adapters, checkpoint }: Pick<DataPaths, 'adapters' | 'checkpoint'>,
  documentUri?: string,
): Promise<void> {
  await adaptersIn(adapters).forget(documentUri);
  await forgetSourceFiles(checkpoint);
}
