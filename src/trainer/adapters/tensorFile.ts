import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeSynced } from '../../engine/files.ts';
import { safetensorsHeader, readSafetensors } from '../../engine/weights/safetensors.ts';
import { readChunks, valueCount, withFile, type StoredTensor } from '../../engine/weights/storedTensor.ts';

/** A float32 tensor with its name, as it lies in a safetensors file. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Writes a new safetensors file, bit for bit and down to the disk. Gives the file's SHA-256. */
export async function writeTensorFile(path: string, tensors: readonly NamedTensor[]): Promise<string> {
  const hash = createHash('sha256');
  await writeSynced(path, async (file) => {
    for (const bytes of [safetensorsHeader(tensors), ...tensors.map(({ data }) => bytesOf(data))]) {
      hash.update(bytes);
      await file.writeFile(bytes);
    }
  });
  return hash.digest('hex');
}

/** All tensors of a safetensors file as float32, in the order they lie in it. */
export async function readTensorFile(path: string): Promise<NamedTensor[]> {
  const tensors = await readSafetensors(path);
  return Promise.all(tensors.map(readTensor));
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** The values of one tensor, in whatever type it is stored, as float32. */
export async function readTensor(tensor: StoredTensor): Promise<NamedTensor> {
  const data = new Float32Array(valueCount(tensor.shape));
  await withFile(tensor.path, async (file) => {
    let offset = 0;
    for await (const chunk of readChunks(file, tensor)) {
      data.set(chunk, offset);
      offset += chunk.length;
    }
  });
  return { name: tensor.name, shape: tensor.shape, data };
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
