import type { DataPaths } from '../../process/dataFolder.ts';
import { threadsOf } from '../model/threadsOf.ts';
import type { Notices } from '../notices.ts';
import type { Settings } from '../settings/settings.ts';

/** What whoever trains here or elsewhere, or judges what was trained, needs of the editor. */
export interface TrainingNeeds {
  readonly settings: () => Settings;
  readonly paths: DataPaths;
  /** Overrides of the trainer's defaults; undefined outside tests and benchmarks. */
  readonly hyperparameters: object | undefined;
  /** Rejects where a model would have to be downloaded, and nobody asked for that. Absent: the one of the settings. */
  readonly requireModel: (model?: string) => Promise<void>;
  /** Resolves when all feedback so far is stored. */
  readonly storeSettled: () => Promise<void>;
  readonly notices: Notices;
}

/**
 * All random streams of a run are named streams of this seed. It is always the same, so that on the CPU and
 * without a time limit the same feedback gives the same adapter.
 */
const seed = 1;

/** What every run is asked for alike, by the settings of now. */
export function runSettings({ settings, paths }: Pick<TrainingNeeds, 'settings' | 'paths'>) {
  const { model, threads, maxPromptTokens, maxNewTokens } = settings();
  return {
    ...{ model, threads: threadsOf(threads), maxPromptTokens, maxNewTokens, seed },
    storePath: paths.store,
    adaptersFolder: paths.adapters,
    checkpointFolder: paths.checkpoint,
  };
}
