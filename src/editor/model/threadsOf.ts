import { availableParallelism } from 'node:os';

/** The number of threads that the setting `attune.threads` means. */
export function threadsOf(setting: number): number {
  return setting === 0 ? availableParallelism() : setting;
}
