import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';
import { withDiskSpace, type FreeBytes } from '../weights/diskSpace.ts';
import { modelMissing } from '../weights/modelErrors.ts';
import { isFile } from '../weights/pathKind.ts';
import type { OnModelProgress } from '../weights/progress.ts';
import { cachedFile } from './cachedModel.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { notAvailable, wrongOwnFile } from './catalogueErrors.ts';
import { withFileLock } from './fileLock.ts';
import { fileSizes } from './fileSizes.ts';
import type { ModelSource } from './modelSource.ts';
import { findMismatch } from './verifyFile.ts';

/** Where a model file may come from, and how its coming is watched and ended. */
export interface FetchOptions {
  readonly cacheFolder: string;
  /** A file the user has already, used where it lies. Absent: the cache, then the sources. */
  readonly ownFile?: string | undefined;
  /** Tried in this order. */
  readonly sources: readonly ModelSource[];
  /** Absent: the file system is asked. */
  readonly freeBytes?: FreeBytes | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: OnModelProgress;
}

/**
 * Path of the verified file of a catalogue entry: the user's own, the one in the cache, or else that
 * of the first source which has it. Nothing is at that path before its size and SHA-256 are right;
 * of several processes one downloads and the others wait.
 */
export async function fetchModel(entry: CatalogueEntry, options: FetchOptions): Promise<string> {
  if (options.ownFile !== undefined) return verifyOwnFile(entry, options.ownFile, options);
  const path = cachedFile(entry, options.cacheFolder);
  return withFileLock(`${path}.lock`, options.signal, async () => {
    const attempts = [
      () => checkCached(entry, path, options),
      ...options.sources.map((source) => () => bringFrom(source, entry, path, options)),
    ];
    const failures: Sentence[] = [];
    for (const attempt of attempts) {
      const failure = await attempt();
      if (failure === undefined) return path;
      failures.push(failure);
    }
    throw notAvailable(entry, failures);
  });
}

async function verifyOwnFile(entry: CatalogueEntry, path: string, options: FetchOptions): Promise<string> {
  if (!(await isFile(path))) throw modelMissing(path);
  const mismatch = await findMismatch(path, entry, options);
  if (mismatch !== undefined) throw wrongOwnFile(entry, path, mismatch);
  return path;
}

/** Why the cache does not have the file, or undefined when it does. */
async function checkCached(
  entry: CatalogueEntry,
  path: string,
  options: FetchOptions,
): Promise<Sentence | undefined> {
  if (!(await isFile(path))) return sentence`the cache: it is not there`;
  const mismatch = await findMismatch(path, entry, options);
  if (mismatch === undefined) return undefined;
  await rename(path, asideOf(path));
  return sentence`the cache: ${mismatch}, moved to ${asideOf(path)}`;
}

/** Why this source could not bring the file to `path`, or undefined when it did. */
async function bringFrom(
  source: ModelSource,
  entry: CatalogueEntry,
  path: string,
  options: FetchOptions,
): Promise<Sentence | undefined> {
  try {
    const mismatch = await download(source, entry, path, options);
    return mismatch === undefined
      ? undefined
      : sentence`${source.name}: ${mismatch}, moved to ${asideOf(path)}`;
  } catch (error) {
    options.signal.throwIfAborted();
    if (EngineError.is(error)) throw error;
    return sentence`${source.name}: ${innermostSentence(error)}`;
  }
}

/** Brings the file to `path`, or aside when it is a wrong one; gives what is wrong with it. */
async function download(
  source: ModelSource,
  entry: CatalogueEntry,
  path: string,
  options: FetchOptions,
): Promise<Sentence | undefined> {
  const workFolder = `${path}.work`;
  await mkdir(workFolder, { recursive: true });
  const haveBytes = (await fileSizes(workFolder)).reduce((sum, size) => sum + size, 0);
  const neededBytes = source.diskBytes(entry) - haveBytes;
  const brought = await withDiskSpace(
    { folder: dirname(path), neededBytes, freeBytes: options.freeBytes },
    () => source.download(entry, workFolder, options),
  );
  const mismatch = await findMismatch(brought, entry, options);
  await rename(brought, mismatch === undefined ? path : asideOf(path));
  await rm(workFolder, { recursive: true, force: true });
  return mismatch;
}

/** Where a wrong file is kept for whoever wants to look at it: a name that nothing reads. */
function asideOf(path: string): string {
  return `${path}.wrong`;
}

/** `fetch` says only that it failed; what happened to the network is its cause. */
function innermostSentence(error: unknown): Sentence {
  const hasCause = error instanceof Error && error.cause !== undefined;
  return hasCause ? innermostSentence(error.cause) : sentenceOf(error);
}
