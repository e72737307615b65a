import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { int4Block, int4Zero } from '../graph/ops/int4.ts';
import { isKeptInFloat32 } from './int8Weights.ts';
import { modelTensors, type ModelConfig, type TensorSpec } from './modelConfig.ts';
import { modelFiles } from './modelFiles.ts';
import { readModelConfig } from './modelTexts.ts';
import { readSafetensors } from './safetensors.ts';
import { headName } from './splitHead.ts';
import { readChunks, withFile, type StoredTensor } from './storedTensor.ts';
import type { ConvertOptions } from './writeModelFolder.ts';
import { ensureWeightFile, type WeightPart } from './writeWeightFile.ts';

/** Names of a projection's 4-bit form. */
export const int4Names = {
  /** uint8 [Out,blocks,16]: two weights a byte, as `int4MatMul` takes them. */
  weight: (name: string) => `${name}.int4`,
  /** float32 [Out,blocks]: what one step of the block's integers is worth. */
  scale: (name: string) => `${name}.int4_scale`,
} as const;

/** Where 4-bit weights are kept, beside the float32 ones; the number changes with what stands in them. */
const fileName = 'serving-int4-v1.safetensors';

/** The 4-bit weights of every projection and of the output head, as they lie in their file. */
export interface Int4Weights {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The 4-bit weights of a model folder, made from its float32 weights where they are not there yet, or of others. */
export async function ensureInt4Weights(folder: string, options: ConvertOptions): Promise<Int4Weights> {
  const path = join(folder, fileName);
  const weightPath = join(folder, modelFiles.weights);
  const ofFolder = async (): Promise<readonly WeightPart[]> =>
    partsOf(await readModelConfig(folder), await readSafetensors(weightPath));
  await ensureWeightFile(path, { partsOf: ofFolder, weightPath }, options);
  return { path, tensors: new Map((await readSafetensors(path)).map((tensor) => [tensor.name, tensor])) };
}

/** A projection under the name its 4-bit form has, and the float32 tensor it is made of. */
interface Source {
  readonly name: string;
  readonly tensor: StoredTensor;
}

function partsOf(config: ModelConfig, tensors: readonly StoredTensor[]): WeightPart[] {
  return sourcesOf(config, tensors).map((source) => ({
    sourceBytes: source.tensor.byteLength,
    specs: int4Specs(source),
    append: (file: FileHandle) => appendInt4(file, source.tensor),
  }));
}

function sourcesOf(config: ModelConfig, tensors: readonly StoredTensor[]): Source[] {
  const stored = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const projections = modelTensors(config).filter(
    ({ name }) => name.endsWith('_proj.weight') && !isKeptInFloat32(name),
  );
  const head = config.tiesEmbeddings ? 'model.embed_tokens.weight' : headName;
  return [
    ...projections.map(({ name }) => ({ name, tensor: stored.get(name)! })),
    { name: headName, tensor: stored.get(head)! },
  ];
}

function int4Specs({ name, tensor }: Source): (TensorSpec & { readonly dtype: 'U8' | 'F32' })[] {
  const [out, inner] = tensor.shape as [number, number];
  const blocks = Math.ceil(inner / int4Block);
  return [
    { name: int4Names.weight(name), shape: [out, blocks, int4Block / 2], dtype: 'U8' },
    { name: int4Names.scale(name), shape: [out, blocks], dtype: 'F32' },
  ];
}

async function appendInt4(file: FileHandle, tensor: StoredTensor): Promise<void> {
  const inner = tensor.shape[1]!;
  const scales: Float32Array[] = [];
  await withFile(tensor.path, async (source) => {
    for await (const chunk of readChunks(source, tensor)) {
      const { packed, scale } = packRows(chunk, inner);
      await file.writeFile(packed);
      scales.push(scale);
    }
  });
  for (const scale of scales) await file.writeFile(new Uint8Array(scale.buffer));
}

/** Rows of a matrix in 4 bits. */
export interface PackedRows {
  /** [rows,blocks,16] */
  readonly packed: Uint8Array;
  /** [rows,blocks] */
  readonly scale: Float32Array<ArrayBuffer>;
}

/** Rows of `inner` weights each, rounded to 4 bits in blocks of 32; the last block of a row is filled up with zeros. */
export function packRows(rows: Float32Array, inner: number): PackedRows {
  const rowBlocks = Math.ceil(inner / int4Block);
  const scale = new Float32Array((rows.length / inner) * rowBlocks);
  const packed = new Uint8Array((scale.length * int4Block) / 2);
  const block = new Float32Array(int4Block);
  for (let i = 0; i < scale.length; i++) {
    const start = Math.floor(i / rowBlocks) * inner + (i % rowBlocks) * int4Block;
    const length = Math.min(int4Block, inner - (i % rowBlocks) * int4Block);
    block.fill(0, length).set(rows.subarray(start, start + length));
    scale[i] = bestScale(block);
    packBlock(block, scale[i]!, packed.subarray((i * int4Block) / 2, ((i + 1) * int4Block) / 2));
  }
  return { packed, scale };
}

/**
 * How far the largest weight of a block may be cut: the rest gains more from finer steps. Without
 * the cuts SmolLM2's token loss is higher.
 */
const cuts = [1, 0.95, 0.9, 0.85, 0.8];

/**
 * The scale whose rounding leaves the least squared error, of those that bring the weight of largest
 * size, perhaps cut, to -8: the side with one step more.
 */
function bestScale(block: Float32Array): number {
  let extreme = 0;
  for (let i = 0; i < int4Block; i++) if (Math.abs(block[i]!) > Math.abs(extreme)) extreme = block[i]!;
  if (extreme === 0) return 1;
  let best = Infinity;
  let scale = 1;
  for (const cut of cuts) {
    const candidate = Math.fround((cut * extreme) / -int4Zero);
    const error = squaredError(block, candidate);
    if (error < best) [best, scale] = [error, candidate];
  }
  return scale;
}

function squaredError(block: Float32Array, scale: number): number {
  let error = 0;
  for (let i = 0; i < int4Block; i++) {
    error += (block[i]! - (bitsOf(block[i]!, scale) - int4Zero) * scale) ** 2;
  }
  return error;
}

function packBlock(block: Float32Array, scale: number, packed: Uint8Array): void {
  for (let i = 0; i < packed.length; i++) {
    packed[i] = bitsOf(block[2 * i]!, scale) | (bitsOf(block[2 * i + 1]!, scale) << 4);
  }
}

/** The four bits of a weight, as `int4MatMul` reads them. */
function bitsOf(weight: number, scale: number): number {
  const step = Math.round(weight / scale) + int4Zero;
  return step < 0 ? 0 : step > 15 ? 15 : step;
}
