import { join } from 'node:path';

/** Where everything lies that Attune keeps of one user, in the editor and on the command line alike. */
export interface DataPaths {
  readonly store: string;
  readonly adapters: string;
  /** Of a retraining that is under way or was interrupted. */
  readonly checkpoint: string;
  /** By which windows tell a retraining that a completion is wanted; there while one runs. */
  readonly wanted: string;
  /** By which windows tell each other when something last happened in one. */
  readonly lastEvent: string;
  /** The last things that went wrong in a window. */
  readonly problems: string;
  /** Of what the editor sends to a cluster and brings from one, while it does. */
  readonly cluster: string;
}

/** The environment variable that names the data folder where nothing else does. */
export const dataFolderVariable = 'ATTUNE_DATA';

/** The places below a data folder. */
export function dataPathsIn(folder: string): DataPaths {
  return {
    store: join(folder, 'feedback.sqlite'),
    adapters: join(folder, 'adapters'),
    checkpoint: join(folder, 'checkpoint'),
    wanted: join(folder, 'completion-wanted'),
    lastEvent: join(folder, 'last-event'),
    problems: join(folder, 'problems.json'),
    cluster: join(folder, 'cluster'),
  };
}
