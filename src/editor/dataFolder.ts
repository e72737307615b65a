import { dataFolderVariable, dataPathsIn, type DataPaths } from '../process/dataFolder.ts';

/**
 * The places below the user's data folder: the one that the environment names, or else the one VS
 * Code keeps for the extension. A variable that is empty names none.
 */
export function dataPaths(storageFolder: string, environment: NodeJS.ProcessEnv): DataPaths {
  const { [dataFolderVariable]: named = '' } = environment;
  return dataPathsIn(named === '' ? storageFolder : named);
}
