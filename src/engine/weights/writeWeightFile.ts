import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withDiskSpace } from './diskSpace.ts';
import type { TensorSpec } from './modelConfig.ts';
import { safetensorsHeader } from './safetensors.ts';
import { valueCount, type StoredTensor } from './storedTensor.ts';
import type { ConvertOptions } from './writeModelFolder.ts';

/** A float32 tensor of a model, and what is made of it. */
export interface WeightPart {
  readonly tensor: StoredTensor;
  readonly specs: readonly (TensorSpec & { readonly dtype: 'I8' | 'U8' | 'F32' })[];
  /** Appends the values of `specs`, in their order. */
  readonly append: (file: FileHandle) => Promise<void>;
}

/** Writes weights in another precision; the file appears whole or not at all. */
export async function writeWeightFile(
  path: string,
  parts: readonly WeightPart[],
  { signal, onProgress, freeBytes }: ConvertOptions,
): Promise<void> {
  const specs = parts.flatMap((part) => part.specs);
  const neededBytes = sumOf(specs, ({ dtype, shape }) => (dtype === 'F32' ? 4 : 1) * valueCount(shape));
  const totalBytes = sumOf(parts, ({ tensor }) => tensor.byteLength);
  const temporary = `${path}.part-${randomUUID()}`;
  await withDiskSpace({ folder: dirname(path), neededBytes, freeBytes }, async () => {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(safetensorsHeader(specs));
      let doneBytes = 0;
      for (const { tensor, append } of parts) {
        signal.throwIfAborted();
        await append(file);
        doneBytes += tensor.byteLength;
        onProgress({ phase: 'convert', doneBytes, totalBytes });
      }
      await file.sync();
      await rename(temporary, path);
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
  });
}

function sumOf<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + sizeOf(item), 0);
}
