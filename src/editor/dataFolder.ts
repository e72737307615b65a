import { dataFolderVariable, dataPathsIn, type DataPaths } from '../process/dataFolder.ts';

/**
 * The places below the user's data folder: the one that the environment names, or else the one VS
 * Code keeps for the extension.
 */
export function dataPaths(storageFolder: string, environment: NodeJS.ProcessEnv): DataPaths {
  return dataPathsIn(environment[dataFolderVariable] ?? storageFolder);
}
