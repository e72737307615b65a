import { bytesToDownload } from '../engine/catalogue/cachedModel.ts';

/** A model that cannot serve before it is downloaded. */
export interface MissingModel {
  readonly model: string;
  /** To be downloaded. */
  readonly bytes: number;
}

/** What a model lacks that the settings name; undefined where it is on this machine, or at a path. */
export async function findMissing(model: string): Promise<MissingModel | undefined> {
  const bytes = await bytesToDownload(model);
  return bytes === 0 ? undefined : { model, bytes };
}
