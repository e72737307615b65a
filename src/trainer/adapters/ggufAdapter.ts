import * as z from 'zod';
import { EngineError } from '../../engine/errors.ts';
import { replaceFile } from '../../engine/files.ts';
import { loraLayout, loraName, type Adapter } from '../../engine/model/lora.ts';
import { ggufNameOf, isPairedInGguf, readGgufTensors } from '../../engine/weights/ggufFile.ts';
import { modelTensors, type ModelConfig } from '../../engine/weights/modelConfig.ts';
import type { StoredTensor } from '../../engine/weights/storedTensor.ts';
import { writeGguf, type GgufTensor } from '../../engine/weights/writeGguf.ts';
import { sentence } from '../../sentences/sentence.ts';
import { adapterForeign } from '../errors.ts';
import { loneFactor, type ForeignAdapter, type LowRank } from './foreignAdapter.ts';
import { namingFullDisk } from '../namingFullDisk.ts';
import { readTensor } from './tensorFile.ts';

/*
 * LoRA adapters as llama.cpp reads them (convert_lora_to_gguf.py): `blk.N.PART.weight.lora_a` [R,In] and
 * `.lora_b` [Out,R], scaled by alpha / R. llama's queries and keys have their rotary pairs side by side
 * there, so the rows of their B are interleaved.
 */

const keys = {
  architecture: 'general.architecture',
  kind: 'general.type',
  adapterKind: 'adapter.type',
  alpha: 'adapter.lora.alpha',
  baseName: 'attune.base.name',
  baseSha256: 'attune.base.sha256',
} as const;

/** Writes a GGUF file with an adapter, whole or not at all, for llama.cpp's `--lora`. */
export async function writeGgufAdapter(
  path: string,
  { lora, theta }: Adapter,
  config: ModelConfig,
  base: { readonly name: string; readonly sha256: string },
): Promise<void> {
  const metadata = {
    [keys.architecture]: config.family,
    [keys.kind]: 'adapter',
    'general.name': `Attune's adapter for ${base.name}`,
    [keys.adapterKind]: 'lora',
    [keys.alpha]: lora.alpha,
    [keys.baseName]: base.name,
    [keys.baseSha256]: base.sha256,
  };
  const tensors = ggufTensors({ lora, theta }, config);
  await namingFullDisk(path, () => replaceFile(path, (file) => writeGguf(file, metadata, tensors)));
}

function ggufTensors({ lora, theta }: Adapter, config: ModelConfig): GgufTensor[] {
  const slots = new Map(loraLayout(config, lora).slots.map((slot) => [slot.name, slot]));
  const factor = (name: string, half: 'A' | 'B') => {
    const { shape, offset } = slots.get(loraName(name, half))!;
    return { shape, data: theta.subarray(offset, offset + shape[0]! * shape[1]!) };
  };
  return modelTensors(config).flatMap(({ name }) => {
    if (!slots.has(loraName(name, 'A'))) return [];
    const b = factor(name, 'B');
    const paired = isPairedInGguf(config.family, name)
      ? interleaved(b.data, lora.rank, config.headSize)
      : b.data;
    return [
      { name: `${ggufNameOf(name)}.lora_a`, ...factor(name, 'A') },
      { name: `${ggufNameOf(name)}.lora_b`, shape: b.shape, data: paired },
    ];
  });
}

/** Brings the rows [R] of each head from halves (0 2 ... | 1 3 ...) into pairs (0 1 | 2 3 | ...). */
function interleaved(rows: Float32Array, rank: number, headRows: number): Float32Array {
  const paired = new Float32Array(rows.length);
  for (let row = 0; row < rows.length / rank; row++) {
    const head = Math.floor(row / headRows) * headRows;
    const to = row % headRows;
    const from = head + (to % 2) * (headRows / 2) + Math.floor(to / 2);
    paired.set(rows.subarray(from * rank, (from + 1) * rank), row * rank);
  }
  return paired;
}

const metadataSchema = z.object({
  [keys.architecture]: z.string(),
  [keys.kind]: z.literal('adapter'),
  [keys.adapterKind]: z.literal('lora'),
  [keys.alpha]: z.number(),
  [keys.baseName]: z.string().optional(),
  [keys.baseSha256]: z.string().optional(),
  'general.base_model.0.name': z.string().optional(),
});

/**
 * The adapter in a GGUF file. Throws TrainerError 'adapterForeign' where it is none for a model like this.
 *
 * @param model what the user calls the model.
 */
export async function readGgufAdapter(
  path: string,
  config: ModelConfig,
  model: string,
): Promise<ForeignAdapter> {
  const { metadata, tensors } = await readTensors(path);
  const { data, error } = metadataSchema.safeParse(metadata);
  if (error !== undefined) {
    const what = z.prettifyError(error).replaceAll(/\s+/g, ' ');
    throw adapterForeign(path, sentence`its header is not that of a LoRA adapter (${what})`, error);
  }
  const family = data[keys.architecture];
  const name = data[keys.baseName] ?? data['general.base_model.0.name'];
  if (family !== config.family) {
    const theirs = name ?? sentence`a model`;
    throw adapterForeign(
      path,
      sentence`it was trained on ${theirs} of the family ${family}, and the model is ${model} of the family ${config.family}`,
    );
  }
  const factors = await factorsOf(path, tensors, { config, alpha: data[keys.alpha] });
  const base = { name, sha256: data[keys.baseSha256] };
  return { path, format: 'gguf', base, stages: [], factors };
}

async function factorsOf(
  path: string,
  tensors: readonly StoredTensor[],
  { config, alpha }: { readonly config: ModelConfig; readonly alpha: number },
): Promise<Map<string, LowRank>> {
  const left = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const take = (name: string): StoredTensor | undefined => {
    const tensor = left.get(name);
    left.delete(name);
    return tensor;
  };
  const factors = new Map<string, LowRank>();
  for (const { name } of modelTensors(config)) {
    const gguf = ggufNameOf(name);
    const [a, b] = [take(`${gguf}.lora_a`), take(`${gguf}.lora_b`)];
    if (a === undefined && b === undefined) continue;
    if (a === undefined || b === undefined) throw loneFactor(path, name);
    const pairs = isPairedInGguf(config.family, name) ? { pairedRows: config.headSize } : {};
    const [down, up] = [await readTensor(a), await readTensor({ ...b, ...pairs })];
    factors.set(name, { a: down, b: up, scale: alpha / down.shape[0]! });
  }
  const [other] = left.keys();
  if (other !== undefined)
    throw adapterForeign(path, sentence`it has a tensor ${other} that has no place in the model`);
  return factors;
}

async function readTensors(path: string): ReturnType<typeof readGgufTensors> {
  try {
    return await readGgufTensors(path);
  } catch (error) {
    if (!EngineError.is(error)) throw error;
    throw adapterForeign(path, sentence`it cannot be read as GGUF`, error);
  }
}
