/**
 * The tensor types of a GGUF file and how each becomes float32, bit for bit as the Python `gguf`
 * package does it.
 *
 * A quantised tensor is a run of blocks; each block holds its scales (half precision `d`, offset
 * `m` or `dmin`) and the small integers `q` they belong to. Products of a scale and an integer fit
 * into a double exactly, so every value here is rounded once, when it is stored as float32.
 */

/** Writes the values of all blocks in `bytes` to `values`, in order. */
type Dequantise = (bytes: Uint8Array, values: Float32Array) => void;

/** One way of storing a tensor. */
export interface TensorType {
  readonly name: string;
  /** Values per block. */
  readonly blockSize: number;
  readonly blockBytes: number;
  readonly dequantise: Dequantise;
}

/**
 * float32 value of every half-precision bit pattern: a look-up is the fastest conversion there is. Made with
 * the first value: whoever only needs the names of types starts 10 ms sooner.
 */
let halfValues: Float32Array | undefined;

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function halfAt(bytes: Uint8Array, at: number): number {
  halfValues ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfValue(bits));
  return halfValues[bytes[at]! | (bytes[at + 1]! << 8)]!;
}

function signedAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) >> 24;
}

function copyIntegers(bytes: Uint8Array, values: Float32Array): void {
  values.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
}

function copyFloats(bytes: Uint8Array, values: Float32Array): void {
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
}

function dequantiseHalfs(bytes: Uint8Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = halfAt(bytes, 2 * i);
}

/** A bfloat16 is the upper half of a float32. */
function dequantiseBfloats(bytes: Uint8Array, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (bytes[2 * i]! << 16) | (bytes[2 * i + 1]! << 24);
}

/** [d 2][q 16]: value = d * (q - 8); low nibbles are the first 16 values. */
function dequantiseQ4_0(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 18, y += 32) {
    const d = halfAt(bytes, at);
    for (let i = 0; i < 16; i++) {
      const q = bytes[at + 2 + i]!;
      values[y + i] = d * ((q & 15) - 8);
      values[y + 16 + i] = d * ((q >> 4) - 8);
    }
  }
}

/** [d 2][m 2][q 16]: value = d * q + m. */
function dequantiseQ4_1(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 20, y += 32) {
    const d = halfAt(bytes, at);
    const m = halfAt(bytes, at + 2);
    for (let i = 0; i < 16; i++) {
      const q = bytes[at + 4 + i]!;
      values[y + i] = d * (q & 15) + m;
      values[y + 16 + i] = d * (q >> 4) + m;
    }
  }
}

/** Bit i of the little-endian 32-bit word at `at` is the fifth bit of value i. */
function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** [d 2][high bits 4][q 16]: value = d * (q - 16), q of 5 bits. */
function dequantiseQ5_0(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 22, y += 32) {
    const d = halfAt(bytes, at);
    const high = wordAt(bytes, at + 2);
    for (let i = 0; i < 16; i++) {
      const q = bytes[at + 6 + i]!;
      values[y + i] = d * (((q & 15) | (((high >>> i) & 1) << 4)) - 16);
      values[y + 16 + i] = d * (((q >> 4) | (((high >>> (i + 16)) & 1) << 4)) - 16);
    }
  }
}

/** [d 2][m 2][high bits 4][q 16]: value = d * q + m, q of 5 bits. */
function dequantiseQ5_1(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 24, y += 32) {
    const d = halfAt(bytes, at);
    const m = halfAt(bytes, at + 2);
    const high = wordAt(bytes, at + 4);
    for (let i = 0; i < 16; i++) {
      const q = bytes[at + 8 + i]!;
      values[y + i] = d * ((q & 15) | (((high >>> i) & 1) << 4)) + m;
      values[y + 16 + i] = d * ((q >> 4) | (((high >>> (i + 16)) & 1) << 4)) + m;
    }
  }
}

/** [d 2][q 32, signed]: value = d * q. */
function dequantiseQ8_0(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 34, y += 32) {
    const d = halfAt(bytes, at);
    for (let i = 0; i < 32; i++) values[y + i] = d * signedAt(bytes, at + 2 + i);
  }
}

/** Scale number `j` (0..7) of a K block, 6 bits packed into the 12 bytes at `at`. */
function scaleAt(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j]! & 63;
  return (bytes[at + j + 4]! & 15) | ((bytes[at + j - 4]! >> 6) << 4);
}

/** Offset number `j` (0..7) of a K block, from the same 12 bytes. */
function offsetAt(bytes: Uint8Array, at: number, j: number): number {
  if (j < 4) return bytes[at + j + 4]! & 63;
  return (bytes[at + j + 4]! >> 4) | ((bytes[at + j]! >> 6) << 4);
}

/** [d 2][dmin 2][scales 12][q 128]: 8 groups of 32, value = d * scale * q - dmin * offset. */
function dequantiseQ4_K(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 144, y += 256) {
    const d = halfAt(bytes, at);
    const dmin = halfAt(bytes, at + 2);
    for (let group = 0; group < 8; group++) {
      const scale = d * scaleAt(bytes, at + 4, group);
      const offset = dmin * offsetAt(bytes, at + 4, group);
      const shift = (group & 1) * 4;
      const from = at + 16 + (group >> 1) * 32;
      const to = y + group * 32;
      for (let i = 0; i < 32; i++) values[to + i] = scale * ((bytes[from + i]! >> shift) & 15) - offset;
    }
  }
}

/** [d 2][dmin 2][scales 12][high bits 32][q 128]: as Q4_K with q of 5 bits. */
function dequantiseQ5_K(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 176, y += 256) {
    const d = halfAt(bytes, at);
    const dmin = halfAt(bytes, at + 2);
    for (let group = 0; group < 8; group++) {
      const scale = d * scaleAt(bytes, at + 4, group);
      const offset = dmin * offsetAt(bytes, at + 4, group);
      const shift = (group & 1) * 4;
      const from = at + 48 + (group >> 1) * 32;
      const to = y + group * 32;
      for (let i = 0; i < 32; i++) {
        const high = (bytes[at + 16 + i]! >> group) & 1;
        values[to + i] = scale * (((bytes[from + i]! >> shift) & 15) | (high << 4)) - offset;
      }
    }
  }
}

/** [low 128][high 64][scales 16, signed][d 2]: 16 groups of 16, value = d * scale * (q - 32), q of 6 bits. */
function dequantiseQ6_K(bytes: Uint8Array, values: Float32Array): void {
  for (let at = 0, y = 0; y < values.length; at += 210, y += 256) {
    const d = halfAt(bytes, at + 208);
    for (let group = 0; group < 16; group++) {
      const scale = d * signedAt(bytes, at + 192 + group);
      // Each half of the block interleaves four quarters of 32 values in 64 low and 32 high bytes.
      const half = group >> 3;
      const quarter = (group >> 1) & 3;
      const inQuarter = (group & 1) * 16;
      const low = at + half * 64 + (quarter & 1) * 32 + inQuarter;
      const high = at + 128 + half * 32 + inQuarter;
      const lowShift = (quarter >> 1) * 4;
      const to = y + group * 16;
      for (let i = 0; i < 16; i++) {
        const q = ((bytes[low + i]! >> lowShift) & 15) | (((bytes[high + i]! >> (quarter * 2)) & 3) << 4);
        values[to + i] = scale * (q - 32);
      }
    }
  }
}

/** Every tensor type this engine reads, by its number in a GGUF file. */
export const tensorTypes: ReadonlyMap<number, TensorType> = new Map([
  [0, { name: 'F32', blockSize: 1, blockBytes: 4, dequantise: copyFloats }],
  [1, { name: 'F16', blockSize: 1, blockBytes: 2, dequantise: dequantiseHalfs }],
  [2, { name: 'Q4_0', blockSize: 32, blockBytes: 18, dequantise: dequantiseQ4_0 }],
  [3, { name: 'Q4_1', blockSize: 32, blockBytes: 20, dequantise: dequantiseQ4_1 }],
  [6, { name: 'Q5_0', blockSize: 32, blockBytes: 22, dequantise: dequantiseQ5_0 }],
  [7, { name: 'Q5_1', blockSize: 32, blockBytes: 24, dequantise: dequantiseQ5_1 }],
  [8, { name: 'Q8_0', blockSize: 32, blockBytes: 34, dequantise: dequantiseQ8_0 }],
  [12, { name: 'Q4_K', blockSize: 256, blockBytes: 144, dequantise: dequantiseQ4_K }],
  [13, { name: 'Q5_K', blockSize: 256, blockBytes: 176, dequantise: dequantiseQ5_K }],
  [14, { name: 'Q6_K', blockSize: 256, blockBytes: 210, dequantise: dequantiseQ6_K }],
  [30, { name: 'BF16', blockSize: 1, blockBytes: 2, dequantise: dequantiseBfloats }],
]);

/** Plain integers, as our int8 weights are stored. */
const int8Type: TensorType = { name: 'I8', blockSize: 1, blockBytes: 1, dequantise: copyIntegers };

/** Plain bytes: what they mean only their users know, as with our 4-bit weights. */
const byteType: TensorType = {
  name: 'U8',
  blockSize: 1,
  blockBytes: 1,
  dequantise: (bytes, values) => values.set(bytes),
};

/** The tensor type of that name; Hugging Face files and GGUF share the names F32, F16 and BF16. */
export function tensorTypeNamed(name: string): TensorType | undefined {
  return [...tensorTypes.values(), int8Type, byteType].find((type) => type.name === name);
}
