/** A tensor as a GGUF file holds it. */
export interface GgufTensor {
  readonly name: string;
  /** In GGUF's order: values per row first. */
  readonly shape: readonly number[];
  /** GGUF's number of the type. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** What a GGUF header can hold in our tests; numbers are written as `uint32` when whole, else `float32`. */
export type GgufValue = string | number | boolean | readonly string[] | readonly number[];

export interface GgufContent {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensor[];
}

const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const alignment = 32;

/** The bytes of a GGUF file, version 3. */
export function ggufBytes({ metadata, tensors }: GgufContent): Buffer {
  const entries = Object.entries(metadata);
  const counts = [uint64(tensors.length), uint64(entries.length)];
  let dataBytes = 0;
  const infos = tensors.map(({ name, shape, type, data }) => {
    const offset = dataBytes;
    dataBytes = aligned(dataBytes + data.length);
    return Buffer.concat([
      text(name),
      uint32(shape.length),
      ...shape.map(uint64),
      uint32(type),
      uint64(offset),
    ]);
  });
  const values = entries.map(([key, value]) => Buffer.concat([text(key), typedValue(value)]));
  const header = Buffer.concat([Buffer.from('GGUF'), uint32(3), ...counts, ...values, ...infos]);
  return Buffer.concat([padded(header), ...tensors.map(({ data }) => padded(data))]);
}

function typedValue(value: GgufValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([uint32(valueTypes.string), text(value)]);
  if (typeof value === 'boolean')
    return Buffer.concat([uint32(valueTypes.bool), Buffer.from([value ? 1 : 0])]);
  if (typeof value !== 'number') return typedArray(value);
  if (Number.isInteger(value)) return Buffer.concat([uint32(valueTypes.uint32), uint32(value)]);
  return Buffer.concat([uint32(valueTypes.float32), Buffer.from(Float32Array.of(value).buffer)]);
}

function typedArray(values: readonly string[] | readonly number[]): Buffer {
  const items = values.map((value) => (typeof value === 'string' ? text(value) : uint32(value)));
  const itemType = typeof values[0] === 'string' ? valueTypes.string : valueTypes.int32;
  return Buffer.concat([uint32(valueTypes.array), uint32(itemType), uint64(values.length), ...items]);
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

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)]);
}
