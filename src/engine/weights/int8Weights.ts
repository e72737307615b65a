import { rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { modelTensors, type ModelConfig, type TensorSpec } from './modelConfig.ts';
import { isFile } from './pathKind.ts';
import { readSafetensors } from './safetensors.ts';
import { headName, splitHeadNames, splitVocabulary, type SplitVocabulary } from './splitHead.ts';
import { readChunks, readExactly, valueCount, withFile, type StoredTensor } from './storedTensor.ts';
import type { ConvertOptions } from './writeModelFolder.ts';
import { ensureWeightFile, isMadeOf, type WeightPart } from './writeWeightFile.ts';

/** Names of a projection's int8 form. */
export const int8Names = {
  /** int8 [In,Out] */
  weight: (name: string) => `${name}.int8`,
  /** float32 [Out]: what one step of the column's integers is worth. */
  scale: (name: string) => `${name}.int8_scale`,
} as const;

/**
 * Projections that completions are computed with in float32 all the same: the values of SmolLM2 alone
 * make a third of what int8 costs it (1.2 instead of 1.8 % of its token loss without them), and they
 * are 3 % of its weights.
 */
export function isKeptInFloat32(name: string): boolean {
  return name.endsWith('.v_proj.weight');
}

/** How many bits of an int8 weight are used: fewer where a processor's kernels cannot take them all. */
export type IntegerBits = 7 | 8;

/** Where int8 weights are kept, beside the float32 ones; the number changes with what stands in them. */
const int8FileNames: Readonly<Record<IntegerBits, string>> = {
  7: 'serving-int7-v3.safetensors',
  8: 'serving-int8-v3.safetensors',
};

/** What earlier versions of Attune kept in their place, half a gigabyte each. */
const outdatedFileNames = ['serving-int7-v2.safetensors', 'serving-int8-v2.safetensors'];

/** Symmetric: -127 to 127 for 8 bits, so that 0 is 0. */
function largestInteger(bits: IntegerBits): number {
  return 2 ** (bits - 1) - 1;
}

/** The int8 weights of every projection and of the output head, as they lie in their file. */
export interface Int8Weights {
  readonly path: string;
  readonly bits: IntegerBits;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The tokens of both parts of the head. Absent: it stands in one. */
  readonly split?: SplitVocabulary | undefined;
}

/** Whether a folder has int8 weights of so many bits, made of the float32 weights that are in `weightPath` now. */
export function hasInt8Weights(
  folder: string,
  { weightPath, bits }: Pick<Int8Source, 'weightPath' | 'bits'>,
): Promise<boolean> {
  return isMadeOf(join(folder, int8FileNames[bits]), weightPath);
}

/**
 * The int8 weights in a folder, of a model or of an adapter merged into it; `undefined` when there are none, or they
 * were made of other float32 weights than now are in `weightPath`.
 */
export async function openInt8Weights(
  folder: string,
  { weightPath, bits }: Pick<Int8Source, 'weightPath' | 'bits'>,
): Promise<Int8Weights | undefined> {
  if (!(await hasInt8Weights(folder, { weightPath, bits }))) return undefined;
  const path = join(folder, int8FileNames[bits]);
  const tensors = new Map((await readSafetensors(path)).map((tensor) => [tensor.name, tensor]));
  return { path, bits, tensors, split: await readSplit(tensors.get(splitHeadNames.isAscii)) };
}

async function readSplit(mask: StoredTensor | undefined): Promise<SplitVocabulary | undefined> {
  if (mask === undefined) return undefined;
  const isAscii = new Uint8Array(mask.byteLength);
  await withFile(mask.path, (file) => readExactly(file, mask.path, isAscii, mask.byteOffset));
  return splitVocabulary(isAscii);
}

/** Removes the int8 weights from a folder; a file in use stays where the system does not let it go. */
export async function dropMergedWeights(folder: string): Promise<void> {
  await removeFiles(folder, Object.values(int8FileNames));
}

async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true }).catch(() => undefined);
}

/** Moves int8 weights, if there are any, to another folder of the same disk. */
export async function moveMergedWeights(from: string, to: string): Promise<void> {
  for (const name of Object.values(int8FileNames))
    if (await isFile(join(from, name))) await rename(join(from, name), join(to, name));
}

/** Takes, and may change in place, rows [n,In] of a matrix [Out,In], of which the first is row `firstRow`. */
export type ChangeRows = (rows: Float32Array, firstRow: number) => void;

/** What int8 weights are made of. */
export interface Int8Source {
  readonly config: ModelConfig;
  /** The file of its float32 weights. */
  readonly weightPath: string;
  readonly bits: IntegerBits;
  /** The tokens of both parts of the head. Absent: it shall stand in one. */
  readonly split?: SplitVocabulary | undefined;
  /** What is done to the float32 matrix of that name before it is rounded; absent: nothing. */
  readonly changeOf?: ((name: string) => ChangeRows | undefined) | undefined;
}

/**
 * Makes the int8 weights in a folder, unless they are there, made of the same float32 weights.
 *
 *   scale[out]   = max over in of |W[out,in]| / 127, or 63 for 7 bits
 *   int8[in,out] = round(W[out,in] / scale[out])
 */
export async function ensureInt8Weights(
  folder: string,
  source: Int8Source,
  options: ConvertOptions,
): Promise<void> {
  const path = join(folder, int8FileNames[source.bits]);
  const partsOf = (): Promise<readonly WeightPart[]> => weightPartsOf(source);
  await ensureWeightFile(path, { partsOf, weightPath: source.weightPath }, options);
  await removeFiles(folder, outdatedFileNames);
}

async function weightPartsOf(source: Int8Source): Promise<readonly WeightPart[]> {
  const parts = (await partsOf(source)).map((part) => ({
    sourceBytes: part.tensor.byteLength,
    specs: specsOf(part),
    append: (file: FileHandle) => appendPart(file, part, source.bits),
  }));
  return source.split === undefined ? parts : [...parts, maskPart(source.split)];
}

function maskPart({ isAscii }: SplitVocabulary): WeightPart {
  return {
    sourceBytes: 0,
    specs: [{ name: splitHeadNames.isAscii, shape: [isAscii.length], dtype: 'U8' }],
    append: (file) => file.writeFile(isAscii),
  };
}

/** A projection under the name its int8 form has, and the float32 tensor it is made of. */
interface Part {
  readonly name: string;
  readonly tensor: StoredTensor;
  /** Which rows of the tensor, ascending; absent: all. */
  readonly rows?: Uint32Array;
  readonly change: ChangeRows | undefined;
}

async function partsOf({ config, weightPath, split, changeOf }: Int8Source): Promise<Part[]> {
  const stored = new Map((await readSafetensors(weightPath)).map((tensor) => [tensor.name, tensor]));
  const projections = modelTensors(config).filter(({ name }) => name.endsWith('_proj.weight'));
  const head = config.tiesEmbeddings ? 'model.embed_tokens.weight' : headName;
  const part = (name: string, from = name): Part => ({
    name,
    tensor: stored.get(from)!,
    change: changeOf?.(name),
  });
  const parts = [...projections.map(({ name }) => part(name)), ...headParts(part(headName, head), split)];
  // What stays as it is stands in the float32 file.
  return parts.filter(({ name, change }) => !isKeptInFloat32(name) || change !== undefined);
}

function headParts(head: Part, split: SplitVocabulary | undefined): Part[] {
  if (split === undefined) return [head];
  return [
    { ...head, name: splitHeadNames.ascii, rows: split.ascii },
    { ...head, name: splitHeadNames.other, rows: split.other },
  ];
}

/** Shape of what is made of a tensor: [Out,In]. */
function shapeOf({ tensor, rows }: Part): [out: number, inner: number] {
  const [out, inner] = tensor.shape as [number, number];
  return [rows?.length ?? out, inner];
}

function specsOf(part: Part): (TensorSpec & { readonly dtype: 'I8' | 'F32' })[] {
  const { name } = part;
  const [out, inner] = shapeOf(part);
  if (isKeptInFloat32(name)) return [{ name, shape: [out, inner], dtype: 'F32' }];
  return [
    { name: int8Names.weight(name), shape: [inner, out], dtype: 'I8' },
    { name: int8Names.scale(name), shape: [out], dtype: 'F32' },
  ];
}

async function appendPart(file: FileHandle, part: Part, bits: IntegerBits): Promise<void> {
  if (isKeptInFloat32(part.name)) return appendFloats(file, part);
  const [out, inner] = shapeOf(part);
  const integers = new Int8Array(inner * out);
  const scales = new Float32Array(out);
  await forEachChunk(part, (chunk, row) => quantiseRows(chunk, row, { inner, out, bits, integers, scales }));
  await file.writeFile(integers);
  await file.writeFile(new Uint8Array(scales.buffer));
}

async function appendFloats(file: FileHandle, part: Part): Promise<void> {
  const values = new Float32Array(valueCount(part.tensor.shape));
  const inner = part.tensor.shape[1]!;
  await forEachChunk(part, (chunk, row) => values.set(chunk, row * inner));
  await file.writeFile(new Uint8Array(values.buffer));
}

/** Gives the changed rows of a matrix that a part has, some at a time, with the number of their first among its rows. */
async function forEachChunk({ tensor, rows, change }: Part, use: ChangeRows): Promise<void> {
  const inner = tensor.shape[1]!;
  let [row, used] = [0, 0];
  await withFile(tensor.path, async (source) => {
    for await (const chunk of readChunks(source, tensor)) {
      change?.(chunk, row);
      const chosen = rows === undefined ? chunk : chosenRows(chunk, inner, { rows, used, firstRow: row });
      if (chosen.length > 0) use(chosen, used);
      used += chosen.length / inner;
      row += chunk.length / inner;
    }
  });
}

/** Those of a chunk's rows that are among `rows`, of which the first `used` stood before it; brought together in place. */
function chosenRows(
  chunk: Float32Array,
  inner: number,
  { rows, used, firstRow }: { readonly rows: Uint32Array; readonly used: number; readonly firstRow: number },
): Float32Array {
  let count = 0;
  for (;;) {
    const start = (rows[used + count]! - firstRow) * inner;
    if (!(start < chunk.length)) return chunk.subarray(0, count * inner);
    chunk.copyWithin(count * inner, start, start + inner);
    count++;
  }
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
    readonly bits: IntegerBits;
    readonly integers: Int8Array;
    readonly scales: Float32Array;
  },
): void {
  const { inner, out, integers, scales } = target;
  const count = rows.length / inner;
  const top = largestInteger(target.bits);
  const rounded = new Int8Array(rowBlock * inner);
  for (let block = 0; block < count; block += rowBlock) {
    const size = Math.min(rowBlock, count - block);
    for (let row = 0; row < size; row++) {
      const from = rows.subarray((block + row) * inner, (block + row + 1) * inner);
      const to = rounded.subarray(row * inner, (row + 1) * inner);
      scales[firstRow + block + row] = roundRow(from, to, top);
    }
    for (let i = 0; i < inner; i++) {
      const to = i * out + firstRow + block;
      for (let row = 0; row < size; row++) integers[to + row] = rounded[row * inner + i]!;
    }
  }
}

/**
 * Rounds a row to integers up to `top`; gives what one step of them is worth, as float32. Adding a half and
 * cutting off is three times as fast as `Math.round` and the same: two floats whose quotient is not
 * half-way between two integers have one that is farther from it than a double's last bits.
 */
function roundRow(row: Float32Array, integers: Int8Array, top: number): number {
  let largest = 0;
  for (let i = 0; i < row.length; i++) {
    const size = Math.abs(row[i]!);
    if (size > largest) largest = size;
  }
  const scale = largest === 0 ? 1 : Math.fround(largest / top);
  // What is cut off must be positive to be rounded down.
  for (let i = 0; i < row.length; i++) integers[i] = ((row[i]! / scale + 128.5) | 0) - 128;
  return scale;
}
