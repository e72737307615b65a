import { open, type FileHandle } from 'node:fs/promises';
import { sentence } from '../../sentences/sentence.ts';
import type { TensorType } from './dequantise.ts';
import { modelDamaged, modelMissing } from './modelErrors.ts';

/** A tensor as some model file holds it, whatever its format. */
export interface StoredTensor {
  readonly name: string;
  /** [out, in] for a projection, whichever order the file itself counts in. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly path: string;
  /** From the start of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /**
   * Rows per head of a projection whose rotary pairs lie side by side (0 1 | 2 3 | ...) and must be
   * parted into halves (0 2 ... | 1 3 ...). Absent when they lie in halves already.
   */
  readonly pairedRows?: number;
}

/** Values of a tensor. */
export function valueCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes that values of that type take; not whole when they do not fill the last block. */
export function bytesOfValues(type: TensorType, values: number): number {
  return (values / type.blockSize) * type.blockBytes;
}

/** The same tensor, once its bytes are known to fit its shape and to lie inside the file. */
export function checkedRange(tensor: StoredTensor, fileBytes: number): StoredTensor {
  const { name, shape, type, path, byteOffset, byteLength } = tensor;
  const neededBytes = bytesOfValues(type, valueCount(shape));
  if (byteLength !== neededBytes) {
    const what = sentence`tensor '${name}' [${shape.join(', ')}] ${type.name} has ${byteLength} bytes where ${neededBytes} are needed.`;
    throw modelDamaged(path, what);
  }
  if (byteOffset + byteLength > fileBytes) {
    const what = sentence`tensor '${name}' ends at byte ${byteOffset + byteLength}, but the file has only ${fileBytes}.`;
    throw modelDamaged(path, what);
  }
  return tensor;
}

/** What is done with an open file; it is closed afterwards in any case. */
export async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openForReading(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw modelMissing(path, error);
  }
}

/** Fills `bytes` from the file at `offset`; a file that ends before is damaged. */
export async function readExactly(
  file: FileHandle,
  path: string,
  bytes: Uint8Array,
  offset: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
    if (bytesRead === 0) {
      throw modelDamaged(
        path,
        sentence`it ends at byte ${offset + done} where ${offset + bytes.length} are needed.`,
      );
    }
    done += bytesRead;
  }
}

/** About how many bytes of float32 one step converts: large enough for the disk, small beside a model. */
const chunkBytes = 4 << 20;

/**
 * The float32 values of a tensor, some rows at a time. Every chunk is a view of the same memory, to
 * be used before the next is asked for.
 */
export async function* readChunks(file: FileHandle, tensor: StoredTensor): AsyncGenerator<Float32Array> {
  const rowSize = tensor.shape.at(-1) ?? 1;
  const rowBytes = bytesOfValues(tensor.type, rowSize);
  const rows = valueCount(tensor.shape) / rowSize;
  const step = tensor.pairedRows ?? 1;
  const chunkRows = Math.min(rows, Math.max(1, Math.floor(chunkBytes / 4 / rowSize / step)) * step);
  const stored = new Uint8Array(chunkRows * rowBytes);
  const values = new Float32Array(chunkRows * rowSize);
  for (let row = 0; row < rows; row += chunkRows) {
    const count = Math.min(chunkRows, rows - row);
    const bytes = stored.subarray(0, count * rowBytes);
    await readExactly(file, tensor.path, bytes, tensor.byteOffset + row * rowBytes);
    if (tensor.pairedRows !== undefined) partPairs(bytes, rowBytes, tensor.pairedRows);
    const chunk = values.subarray(0, count * rowSize);
    tensor.type.dequantise(bytes, chunk);
    yield chunk;
  }
}

/** Brings the rows of each head from pairs (0 1 | 2 3 | ...) into halves (0 2 ... | 1 3 ...). */
function partPairs(rows: Uint8Array, rowBytes: number, headRows: number): void {
  const headBytes = headRows * rowBytes;
  for (let start = 0; start < rows.length; start += headBytes) {
    const head = rows.slice(start, start + headBytes);
    for (let row = 0; row < headRows; row++) {
      const to = (row % 2) * (headRows / 2) + Math.floor(row / 2);
      rows.set(head.subarray(row * rowBytes, (row + 1) * rowBytes), start + to * rowBytes);
    }
  }
}
