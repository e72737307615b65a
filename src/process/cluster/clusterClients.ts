import type { ClusterExport } from './clusterExports.ts';
import type { ClusterProgress } from './clusterLog.ts';
import type { ClusterJobSettings } from './clusterJob.ts';
import type { Disposable, LoadWatch, RetrainSettings } from '../clients.ts';

/** A cluster as the user named it. */
export interface ClusterAddress {
  /** Of its dashboard. */
  readonly url: string;
  /** Sent as a bearer token; absent: none is. */
  readonly token?: string | undefined;
  /** The user said twice that nothing has to be encrypted on the way. */
  readonly isPlainMeant: boolean;
}

/** An export of the user's work, as it is asked for. */
export interface ClusterExportSettings
  extends
    Pick<RetrainSettings, 'model' | 'storePath' | 'hyperparameters'>,
    Omit<ClusterJobSettings, 'base' | 'hyperparameters'> {
  /** The model's folder on every node of the cluster. */
  readonly basePath: string;
  /** A new folder. */
  readonly folder: string;
}

/** How far a job is: how it stands, and the last step that it told of. */
export interface ClusterJobState {
  readonly status: string;
  /** Absent before the first step. */
  readonly progress?: ClusterProgress | undefined;
}

/** A cluster as the extension host sees it: one process per request, which does the talking. */
export interface ClusterClient extends Disposable {
  /** Writes what would travel of the user's work, and names it. Nothing is sent. */
  exportWork(settings: ClusterExportSettings, options: LoadWatch): Promise<ClusterExport>;
  /** What would travel of exported folders. Throws ProcessError 'unfitExport'. */
  preview(folders: readonly string[], signal: AbortSignal): Promise<readonly ClusterExport[]>;
  /** Sends exports and starts a job on them; gives its id. */
  submit(address: ClusterAddress, folders: readonly string[], signal: AbortSignal): Promise<string>;
  /**
   * Waits for a job and writes its adapter to a new folder. Aborting only ends the waiting. Throws ProcessError
   * 'jobEnded' where there is none, 'damagedResult' where it did not come whole.
   */
  follow(
    job: { readonly address: ClusterAddress; readonly id: string; readonly folder: string },
    options: { readonly signal: AbortSignal; readonly onProgress: (state: ClusterJobState) => void },
  ): Promise<void>;
  /** Ends a job on its cluster. */
  stop(address: ClusterAddress, id: string, signal: AbortSignal): Promise<void>;
}
