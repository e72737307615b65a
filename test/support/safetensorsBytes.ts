/** A tensor as a safetensors file holds it. */
export interface RawTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The bytes of a safetensors file as other tools write it: no padding beyond eight bytes. */
export function safetensorsBytes(tensors: readonly RawTensor[]): Buffer {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, data }) => {
    const start = end;
    end += data.length;
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries(entries));
  return withHeader(json.padEnd(Math.ceil(json.length / 8) * 8), ...tensors.map(({ data }) => data));
}

/** Any header text with its length before it, then the data. */
export function withHeader(header: string, ...data: readonly Uint8Array[]): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), ...data]);
}

/** The upper half of each float32, which is how bfloat16 stores it. */
export function bfloatBytes(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer);
}
