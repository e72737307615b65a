import * as z from 'zod';
import { sentence } from '../../sentences/sentence.ts';
import type { EngineError } from '../errors.ts';
import { tensorTypeNamed } from './dequantise.ts';
import type { TensorSpec } from './modelConfig.ts';
import { modelDamaged, modelUnsupported } from './modelErrors.ts';
import { checkedRange, readExactly, valueCount, withFile, type StoredTensor } from './storedTensor.ts';

/**
 * Reader and writer of safetensors files: 8 bytes of header length, a JSON header that says where
 * each tensor lies, then the tensors without gaps.
 */

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  /** Counted from the end of the header. */
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const headerSchema = z.record(z.string(), z.unknown());

/** The one entry of a header that is no tensor. */
const metadataKey = '__metadata__';
/** The weights do not depend on it, so a foreign one may be anything. */
const metadataSchema = z.record(z.string(), z.string()).catch({});

/** The format's own limit for a header. */
const maxHeaderBytes = 100_000_000;

/** Data starts at a multiple of this, so that it can be mapped into memory page by page. */
const pageBytes = 4096;

/** The tensors of a safetensors file, in the order they lie in it. */
export async function readSafetensors(path: string): Promise<readonly StoredTensor[]> {
  const { entries, dataOffset, fileBytes } = await readHeader(path);
  return Object.entries(entries)
    .map(([name, entry]) => storedTensor(name, entry, path, dataOffset))
    .map((tensor) => checkedRange(tensor, fileBytes))
    .sort((a, b) => a.byteOffset - b.byteOffset);
}

/** What the writer of a safetensors file says of it. */
export async function readSafetensorsMetadata(path: string): Promise<Readonly<Record<string, string>>> {
  return metadataSchema.parse((await readHeader(path)).metadata);
}

interface SafetensorsHeader {
  /** Of each tensor, by name. */
  readonly entries: Readonly<Record<string, unknown>>;
  readonly metadata: unknown;
  readonly dataOffset: number;
  readonly fileBytes: number;
}

async function readHeader(path: string): Promise<SafetensorsHeader> {
  return withFile(path, async (file) => {
    const { size: fileBytes } = await file.stat();
    const prefix = new Uint8Array(8);
    await readExactly(file, path, prefix, 0);
    const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
    if (headerBytes > Math.min(maxHeaderBytes, fileBytes - 8)) {
      throw modelDamaged(path, sentence`its header claims ${headerBytes} bytes in a file of ${fileBytes}.`);
    }
    const header = new Uint8Array(headerBytes);
    await readExactly(file, path, header, 8);
    const { [metadataKey]: metadata, ...entries } = parseHeader(header, path);
    return { entries, metadata, dataOffset: 8 + headerBytes, fileBytes };
  });
}

function parseHeader(header: Uint8Array, path: string): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder().decode(header)));
  } catch (error) {
    throw modelDamaged(path, sentence`its header is not a safetensors header.`, error);
  }
}

function storedTensor(name: string, entry: unknown, path: string, dataOffset: number): StoredTensor {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success)
    throw modelDamaged(path, sentence`the header entry of '${name}' is broken.`, parsed.error);
  const { dtype, shape, data_offsets } = parsed.data;
  const type = tensorTypeNamed(dtype);
  if (type === undefined) throw unsupportedType(name, dtype, path);
  const [start, end] = data_offsets;
  return { name, shape, type, path, byteOffset: dataOffset + start, byteLength: end - start };
}

/** The error for a tensor of a foreign model whose numbers are no floats. */
export function unsupportedType(name: string, type: string, path: string): EngineError {
  const help = sentence`Choose a folder of it that has only the types F32, F16 and BF16.`;
  return modelUnsupported(path, sentence`tensor '${name}' has the type ${type}.`, help);
}

/** Header of a safetensors file that holds these tensors in this order, float32 by default; the data follows on a page boundary. */
export function safetensorsHeader(
  tensors: readonly (TensorSpec & { readonly dtype?: 'F32' | 'I8' | 'U8' })[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, shape, dtype = 'F32' }) => {
    const start = end;
    end += (dtype === 'F32' ? 4 : 1) * valueCount(shape);
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  // transformers refuses a file that does not say which framework's layout it has.
  const json = JSON.stringify({
    [metadataKey]: { format: 'pt', ...metadata },
    ...Object.fromEntries(entries),
  });
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(Math.ceil((8 + text.length) / pageBytes) * pageBytes).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(text, 8);
  return header;
}
