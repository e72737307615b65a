import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '../weights/modelFiles.ts';
import { isFile, isFolder } from '../weights/pathKind.ts';
import { userCacheFolder } from './cacheFolder.ts';
import { findEntry, type CatalogueEntry } from './catalogue.ts';

/** Raised whenever the same source would be converted to something else, so that no old folder is used. */
const converterVersion = 1;

/** The folder of a catalogue model in the cache; undefined while it would have to be brought first. */
export async function findCachedModel(
  entry: CatalogueEntry,
  cacheFolder = userCacheFolder(),
): Promise<string | undefined> {
  const folder = convertedFolder(cacheFolder, keyOf(entry));
  return (await isFolder(folder)) ? folder : undefined;
}

/**
 * How much would have to be downloaded before a model can serve; 0 where it is in the cache, converted or as the file
 * that it is converted from, and for a path.
 */
export async function bytesToDownload(model: string, cacheFolder = userCacheFolder()): Promise<number> {
  const entry = findEntry(model);
  if (entry === undefined || (await isConverted(convertedFolder(cacheFolder, keyOf(entry))))) return 0;
  const file = await stat(cachedFile(entry, cacheFolder)).catch(() => undefined);
  return file?.size === entry.bytes ? 0 : entry.bytes;
}

/** Where the verified file of a catalogue model lies in the cache, once it is there. */
export function cachedFile({ fileName }: CatalogueEntry, cacheFolder: string): string {
  return join(cacheFolder, 'files', fileName);
}

/** Name of a catalogue model's folder. */
export function keyOf({ id, sha256 }: CatalogueEntry): string {
  return `${id}-${shortHash(sha256)}`;
}

/** The cache's folder of that key, whether or not it is there. */
export function convertedFolder(cacheFolder: string, key: string): string {
  return join(cacheFolder, 'folders', `${key}-v${converterVersion}`);
}

/** Whether a converted model is there with all of its files. */
export async function isConverted(folder: string): Promise<boolean> {
  const files = [modelFiles.config, modelFiles.tokenizer, modelFiles.tokenizerConfig, modelFiles.weights];
  const found = await Promise.all(files.map((name) => isFile(join(folder, name))));
  return found.every(Boolean);
}

/** 48 bits tell the files of one user apart. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
