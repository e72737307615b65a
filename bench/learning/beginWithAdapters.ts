import { cpSync, rmSync } from 'node:fs';
import { retrainingPathsIn, type RetrainingTask } from './retrainingTask.ts';

/**
 * Has a retraining begin with the adapters that there were before it. A process that ended between its gate's verdict and its
 * end has left one that serves: the run that goes on from its checkpoint would be another one with it, begin with those
 * weights and be compared with them.
 */
export function beginWithAdapters({ folder, adaptersBefore }: RetrainingTask): void {
  const { adapters, sftAdapters, finalAdapters } = retrainingPathsIn(folder);
  for (const left of [adapters, sftAdapters, finalAdapters]) rmSync(left, { recursive: true, force: true });
  if (adaptersBefore !== undefined) cpSync(adaptersBefore, adapters, { recursive: true });
}
