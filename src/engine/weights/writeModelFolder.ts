import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolderAtomically, writeSynced } from '../files.ts';
import { withDiskSpace, type FreeBytes } from './diskSpace.ts';
import { toConfigJson, type ModelConfig } from './modelConfig.ts';
import type { ChangeRows } from './int8Weights.ts';
import { modelFiles } from './modelFiles.ts';
import type { OnModelProgress } from './progress.ts';
import { safetensorsHeader } from './safetensors.ts';
import { readChunks, valueCount, withFile, type StoredTensor } from './storedTensor.ts';

/** What a model folder is made of. */
export interface ModelParts {
  readonly config: ModelConfig;
  /** Text of `tokenizer.json`. */
  readonly tokenizerJson: string;
  /** Text of `tokenizer_config.json`. */
  readonly tokenizerConfigJson: string;
  /** In the order they shall have in the file. */
  readonly tensors: readonly StoredTensor[];
  /** What is done to the float32 matrix of that name on its way; absent: nothing. */
  readonly changeOf?: ((name: string) => ChangeRows | undefined) | undefined;
}

/** How a conversion is watched and ended. */
export interface ConvertOptions {
  /** Looked at after every chunk; what was written until then is removed. */
  readonly signal: AbortSignal;
  readonly onProgress: OnModelProgress;
  /** Absent: the file system is asked. */
  readonly freeBytes?: FreeBytes | undefined;
}

/** Writes a model folder with float32 weights; it appears whole or not at all, and never needs a model's memory. */
export async function writeModelFolder(
  folder: string,
  parts: ModelParts,
  options: ConvertOptions,
): Promise<void> {
  const texts = new Map([
    [modelFiles.config, JSON.stringify(toConfigJson(parts.config), undefined, 2)],
    [modelFiles.tokenizer, parts.tokenizerJson],
    [modelFiles.tokenizerConfig, parts.tokenizerConfigJson],
  ]);
  const header = safetensorsHeader(parts.tensors);
  const textBytes = [...texts.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const neededBytes = textBytes + header.length + floatBytes(parts.tensors);
  await withDiskSpace({ folder: dirname(folder), neededBytes, freeBytes: options.freeBytes }, () =>
    makeFolderAtomically(folder, async (temporary) => {
      for (const [name, text] of texts) {
        await writeSynced(join(temporary, name), (file) => file.writeFile(text));
      }
      await writeSynced(join(temporary, modelFiles.weights), async (file) => {
        await file.writeFile(header);
        await writeTensors(file, parts, options);
      });
    }),
  );
}

function floatBytes(tensors: readonly StoredTensor[]): number {
  return tensors.reduce((sum, tensor) => sum + 4 * valueCount(tensor.shape), 0);
}

async function writeTensors(
  output: FileHandle,
  { tensors, changeOf }: Pick<ModelParts, 'tensors' | 'changeOf'>,
  { signal, onProgress }: ConvertOptions,
): Promise<void> {
  const totalBytes = floatBytes(tensors);
  let doneBytes = 0;
  for (const tensor of tensors) {
    const change = changeOf?.(tensor.name);
    let row = 0;
    await withFile(tensor.path, async (input) => {
      for await (const chunk of readChunks(input, tensor)) {
        signal.throwIfAborted();
        change?.(chunk, row);
        row += chunk.length / (tensor.shape.at(-1) ?? 1);
        await output.writeFile(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        doneBytes += chunk.byteLength;
        onProgress({ phase: 'convert', doneBytes, totalBytes });
      }
    });
  }
}
