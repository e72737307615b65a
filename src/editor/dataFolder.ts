import { join } from 'node:path';

/** Where everything lies that Attune keeps of one user; the command line has the same layout. */
export interface DataPaths {
  readonly store: string;
  readonly adapters: string;
  readonly checkpoint: string;
}

/**
 * The places below a data folder: the one that the environment variable `ATTUNE_DATA` names, or else
 * the one VS Code keeps for the extension.
 */
export function dataPaths(storageFolder: string, environment: NodeJS.ProcessEnv): DataPaths {
  const folder = environment['ATTUNE_DATA'] ?? storageFolder;
  return {
    store: join(folder, 'feedback.sqlite'),
    adapters: join(folder, 'adapters'),
    checkpoint: join(folder, 'checkpoint'),
  };
}
