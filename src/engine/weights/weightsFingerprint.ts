import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { readSafetensors } from './safetensors.ts';
import { readExactly, valueCount, withFile, type StoredTensor } from './storedTensor.ts';

/** Values taken from each end of a tensor: training changes all of them, and 300 tensors are read in milliseconds. */
const sampledValues = 1024;

/**
 * What tells the weights of one model from those of every other: SHA-256 over each tensor in the order of
 * names, as `name [out,in]` and a line end, its first 1024 float32 values and its last 1024, little-endian.
 * `cluster/attune_cluster/base.py` computes the same.
 *
 * @param path of a safetensors file with float32 weights.
 */
export async function weightsFingerprint(path: string): Promise<string> {
  const tensors = (await readSafetensors(path)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash('sha256');
  await withFile(path, async (file) => {
    for (const tensor of tensors) await addTensor(hash, file, tensor);
  });
  return hash.digest('hex');
}

async function addTensor(hash: Hash, file: FileHandle, tensor: StoredTensor): Promise<void> {
  const { name, shape, path, byteOffset, byteLength } = tensor;
  hash.update(`${name} [${shape.join(',')}]\n`);
  const bytes = new Uint8Array(4 * Math.min(sampledValues, valueCount(shape)));
  for (const offset of [byteOffset, byteOffset + byteLength - bytes.length]) {
    await readExactly(file, path, bytes, offset);
    hash.update(bytes);
  }
}
