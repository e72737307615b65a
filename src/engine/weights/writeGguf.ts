import type { FileHandle } from 'node:fs/promises';

/** A float32 tensor for a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** [out, in]: GGUF's own order, values per row first, is the reverse. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Values of a header: texts, and numbers as float32. */
export type GgufMetadata = Readonly<Record<string, string | number>>;

const version = 3;
/** The format's default: every tensor starts at a multiple of it. */
const alignment = 32;
/** GGUF's numbers of value types, and of the tensor type float32. */
const types = { float32: 6, string: 8, f32Tensor: 0 } as const;

/** Writes a GGUF file of version 3 with float32 tensors, little-endian (ggml/docs/gguf.md). */
export async function writeGguf(
  file: FileHandle,
  metadata: GgufMetadata,
  tensors: readonly GgufTensor[],
): Promise<void> {
  const entries = Object.entries(metadata);
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(version),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.map(([key, value]) => Buffer.concat([text(key), typedValue(value)])),
    ...tensorInfos(tensors),
  ]);
  for (const block of [header, ...tensors.map(({ data }) => bytesOf(data))])
    await file.writeFile(padded(block));
}

function tensorInfos(tensors: readonly GgufTensor[]): Buffer[] {
  let offset = 0;
  return tensors.map(({ name, shape, data }) => {
    const sizes = shape.toReversed().map(uint64);
    const info = [text(name), uint32(shape.length), ...sizes, uint32(types.f32Tensor), uint64(offset)];
    offset += aligned(data.byteLength);
    return Buffer.concat(info);
  });
}

function typedValue(value: string | number): Buffer {
  if (typeof value === 'string') return Buffer.concat([uint32(types.string), text(value)]);
  return Buffer.concat([uint32(types.float32), bytesOf(Float32Array.of(value))]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function uint64(value: number): Buffer {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}
