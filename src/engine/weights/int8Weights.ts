import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withDiskSpace } from './diskSpace.ts';
import { modelFiles } from './modelFiles.ts';
import { modelTensors, type ModelConfig, type TensorSpec } from './modelConfig.ts';
import { readModelConfig } from './modelTexts.ts';
import { isFile } from './pathKind.ts';
import { readSafetensors, safetensorsHeader } from './safetensors.ts';
import { readChunks, valueCount, withFile, type StoredTensor } from './storedTensor.ts';
import type { ConvertOptions } from './writeModelFolder.ts';

/** Names of a projection's int8 form. */
export const int8Names = {
  /** int8 [In,Out] */
  weight: (name: string) => `${name}.int8`,
  /** float32 [Out]: what one step of the column's integers is worth. */
  scale: (name: string) => `${name}.int8_scale`,
} as const;

/** Name of the output head's weight, also where the embedding serves as the head. */
export const headName = 'lm_head.weight';

/** Where int8 weights are kept, beside the float32 ones; the number changes with what stands in them. */
const fileName = 'serving-int8-v1.safetensors';

/** Symmetric: -127 to 127, so that 0 is 0. */
const largestInteger = 127;

/** The int8 weights of every projection and of the output head, as they lie in their file. */
export interface Int8Weights {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The int8 weights in a model folder; `undefined` when there are none. */
export async function openInt8Weights(folder: string): Promise<Int8Weights | undefined> {
  const path = join(folder, fileName);
  if (!(await isFile(path))) return undefined;
  return { path, tensors: new Map((await readSafetensors(path)).map((tensor) => [tensor.name, tensor])) };
}

/**
 * Makes the int8 weights of a model folder from its float32 weights, unless they are there.
 *
 *   scale[out]   = max over in of |W[out,in]| / 127
 *   int8[in,out] = round(W[out,in] / scale[out])
 */
export async function ensureInt8Weights(folder: string, options: ConvertOptions): Promise<void> {
  const path = join(folder, fileName);
  if (await isFile(path)) return;
  const config = await readModelConfig(folder);
  await writeInt8Weights(join(folder, modelFiles.weights), path, config, options);
}

/** A projection under the name its int8 form has, and the float32 tensor it is made of. */
interface Source {
  readonly name: string;
  readonly tensor: StoredTensor;
}

async function writeInt8Weights(
  weightPath: string,
  path: string,
  config: ModelConfig,
  { signal, onProgress, freeBytes }: ConvertOptions,
): Promise<void> {
  const stored = new Map((await readSafetensors(weightPath)).map((tensor) => [tensor.name, tensor]));
  const sources = sourcesOf(config, stored);
  const specs = sources.flatMap(int8Specs);
  const totalBytes = sources.reduce((sum, { tensor }) => sum + valueCount(tensor.shape), 0);
  const temporary = `${path}.part-${randomUUID()}`;
  await withDiskSpace({ folder: dirname(path), neededBytes: totalBytes, freeBytes }, async () => {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(safetensorsHeader(specs));
      let doneBytes = 0;
      for (const { tensor } of sources) {
        signal.throwIfAborted();
        await appendInt8(file, tensor);
        doneBytes += valueCount(tensor.shape);
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

function sourcesOf(config: ModelConfig, stored: ReadonlyMap<string, StoredTensor>): Source[] {
  const projections = modelTensors(config).filter(({ name }) => name.endsWith('_proj.weight'));
  const head = config.tiesEmbeddings ? 'model.embed_tokens.weight' : headName;
  return [
    ...projections.map(({ name }) => ({ name, tensor: stored.get(name)! })),
    { name: headName, tensor: stored.get(head)! },
  ];
}

function int8Specs({ name, tensor }: Source): (TensorSpec & { readonly dtype: 'I8' | 'F32' })[] {
  const [out, inner] = tensor.shape as [number, number];
  return [
    { name: int8Names.weight(name), shape: [inner, out], dtype: 'I8' },
    { name: int8Names.scale(name), shape: [out], dtype: 'F32' },
  ];
}

async function appendInt8(file: FileHandle, tensor: StoredTensor): Promise<void> {
  const [out, inner] = tensor.shape as [number, number];
  const integers = new Int8Array(inner * out);
  const scales = new Float32Array(out);
  let row = 0;
  await withFile(tensor.path, async (source) => {
    for await (const chunk of readChunks(source, tensor)) {
      quantiseRows(chunk, row, { inner, out, integers, scales });
      row += chunk.length / inner;
    }
  });
  await file.writeFile(integers);
  await file.writeFile(new Uint8Array(scales.buffer));
}

/** Rows handled together, so that the transposed writes of one column stay in one cache line. */
const rowBlock = 64;

/** Quantises some rows [out] of a matrix into the columns of its transposed integers. */
export function quantiseRows(
  rows: Float32Array,
  firstRow: number,
  target: {
    readonly inner: number;
    readonly out: number;
    readonly integers: Int8Array;
    readonly scales: Float32Array;
  },
): void {
  const { inner, out, integers, scales } = target;
  const count = rows.length / inner;
  for (let row = 0; row < count; row++) {
    let largest = 0;
    for (let i = row * inner; i < (row + 1) * inner; i++) largest = Math.max(largest, Math.abs(rows[i]!));
    scales[firstRow + row] = largest === 0 ? 1 : largest / largestInteger;
  }
  for (let block = 0; block < count; block += rowBlock) {
    const end = Math.min(block + rowBlock, count);
    for (let i = 0; i < inner; i++) {
      for (let row = block; row < end; row++) {
        integers[i * out + firstRow + row] = Math.round(rows[row * inner + i]! / scales[firstRow + row]!);
      }
    }
  }
}
