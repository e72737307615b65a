import { stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { withFileLock } from '../catalogue/fileLock.ts';
import { EngineError } from '../errors.ts';
import { removeLeftovers, replaceFile } from '../files.ts';
import { withDiskSpace } from './diskSpace.ts';
import type { TensorSpec } from './modelConfig.ts';
import { modelMissing } from './modelErrors.ts';
import { isFile } from './pathKind.ts';
import { readSafetensors, readSafetensorsMetadata, safetensorsHeader } from './safetensors.ts';
import { valueCount } from './storedTensor.ts';
import { weightsFingerprint } from './weightsFingerprint.ts';
import type { ConvertOptions } from './writeModelFolder.ts';

/** What is made of a float32 tensor of a model, or belongs beside it. */
export interface WeightPart {
  /** Bytes that are read for it. */
  readonly sourceBytes: number;
  readonly specs: readonly (TensorSpec & { readonly dtype: 'I8' | 'U8' | 'F32' })[];
  /** Appends the values of `specs`, in their order. */
  readonly append: (file: FileHandle) => Promise<void>;
}

/** What weights in another precision are made of. */
export interface WeightSource {
  readonly partsOf: () => Promise<readonly WeightPart[]>;
  /** The file of the float32 weights. */
  readonly weightPath: string;
}

/** Where a file names the float32 weights it was made of: by their hash, and by what tells the same without reading them. */
const madeOf = { sha256: 'base_sha256', stat: 'base_stat' } as const;

/**
 * Whether there is a file that `ensureWeightFile` made of the float32 weights that are in `weightPath` now: a user may
 * replace those. One that is damaged does not count, since it can be made again.
 */
export async function isMadeOf(path: string, weightPath: string): Promise<boolean> {
  if (!(await isFile(path))) return false;
  const metadata = await metadataOfSound(path);
  if (metadata === undefined) return false;
  if (metadata[madeOf.stat] === (await statOf(weightPath))) return true;
  return metadata[madeOf.sha256] === (await weightsFingerprint(weightPath));
}

/** What the writer of a file says of it; undefined where the file is damaged. */
async function metadataOfSound(path: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    await readSafetensors(path);
    return await readSafetensorsMetadata(path);
  } catch (error) {
    if (EngineError.is(error, 'modelDamaged')) return undefined;
    throw error;
  }
}

async function statOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
    throw modelMissing(path, error);
  });
  return `${size} bytes, written at ${mtimeMs}`;
}

/**
 * Makes a file of weights in another precision, unless it is there already; it appears whole or not at all. Of several
 * processes one makes it, and first removes what one that was killed left half-written: as large as a model.
 */
export async function ensureWeightFile(
  path: string,
  { partsOf, weightPath }: WeightSource,
  options: ConvertOptions,
): Promise<void> {
  if (await isMadeOf(path, weightPath)) return;
  await withFileLock(`${path}.lock`, options.signal, async () => {
    if (await isMadeOf(path, weightPath)) return;
    await removeLeftovers(dirname(path), basename(path));
    await writeWeightFile(path, { parts: await partsOf(), weightPath }, options);
  });
}

async function writeWeightFile(
  path: string,
  { parts, weightPath }: { readonly parts: readonly WeightPart[]; readonly weightPath: string },
  { signal, onProgress, freeBytes }: ConvertOptions,
): Promise<void> {
  const specs = parts.flatMap((part) => part.specs);
  const metadata = {
    [madeOf.sha256]: await weightsFingerprint(weightPath),
    [madeOf.stat]: await statOf(weightPath),
  };
  const neededBytes = sumOf(specs, ({ dtype, shape }) => (dtype === 'F32' ? 4 : 1) * valueCount(shape));
  const totalBytes = sumOf(parts, ({ sourceBytes }) => sourceBytes);
  await withDiskSpace({ folder: dirname(path), neededBytes, freeBytes }, () =>
    replaceFile(path, async (file) => {
      await file.writeFile(safetensorsHeader(specs, metadata));
      let doneBytes = 0;
      for (const { sourceBytes, append } of parts) {
        signal.throwIfAborted();
        await append(file);
        doneBytes += sourceBytes;
        onProgress({ phase: 'convert', doneBytes, totalBytes });
      }
    }),
  );
}

function sumOf<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + sizeOf(item), 0);
}
