import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { quoted, sentence } from '../../sentences/sentence.ts';
import { modelDamaged, modelMissing } from './modelErrors.ts';
import { modelFiles } from './modelFiles.ts';
import { readJson, readModelConfig, readModelText } from './modelTexts.ts';
import { readSafetensors, unsupportedType } from './safetensors.ts';
import type { StoredTensor } from './storedTensor.ts';
import { requireTensors } from './weightFile.ts';
import { writeModelFolder, type ConvertOptions } from './writeModelFolder.ts';

/** Turns a Hugging Face folder with BF16, F16 or F32 weights, in one file or several, into a model folder. */
export async function convertSafetensors(
  source: string,
  folder: string,
  options: ConvertOptions,
): Promise<void> {
  const config = await readModelConfig(source);
  const files = await listWeightFiles(source);
  const tensors = (await Promise.all(files.map(readSafetensors))).flat();
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const needed = requireTensors(byName, config, source);
  requireFloats(needed);
  await writeModelFolder(
    folder,
    {
      config,
      tokenizerJson: await readModelText(join(source, modelFiles.tokenizer)),
      tokenizerConfigJson: await readModelText(join(source, modelFiles.tokenizerConfig)),
      tensors: needed,
    },
    options,
  );
}

const floatTypes: readonly string[] = ['F32', 'F16', 'BF16'];

/** Integers are quantised weights, as bitsandbytes stores them: what they stand for is said by other tensors. */
function requireFloats(tensors: readonly StoredTensor[]): void {
  const other = tensors.find(({ type }) => !floatTypes.includes(type.name));
  if (other !== undefined) throw unsupportedType(other.name, other.type.name, other.path);
}

/** Whether the weights of a Hugging Face folder can be mapped into memory as they are. */
export async function isModelFolder(source: string): Promise<boolean> {
  const files = await listWeightFiles(source);
  if (basename(files[0] ?? '') !== modelFiles.weights) return false;
  return (await readSafetensors(join(source, modelFiles.weights))).every(isMappable);
}

/** The file format lets a writer put floats at odd addresses, where they cannot be used in place. */
function isMappable({ type, byteOffset }: StoredTensor): boolean {
  return type.name === 'F32' && byteOffset % 4 === 0;
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Paths of the safetensors files of a Hugging Face folder, each once, by name. */
export async function listWeightFiles(source: string): Promise<readonly string[]> {
  const names = await readdir(source).catch((error: unknown) => {
    throw modelMissing(source, error);
  });
  if (names.includes(modelFiles.weights)) return [join(source, modelFiles.weights)];
  if (!names.includes(modelFiles.weightIndex)) throw modelMissing(join(source, modelFiles.weights));
  const path = join(source, modelFiles.weightIndex);
  const parsed = indexSchema.safeParse(await readJson(path));
  if (!parsed.success) throw modelDamaged(path, quoted(`${z.prettifyError(parsed.error)}.`), parsed.error);
  const shards = [...new Set(Object.values(parsed.data.weight_map))].sort();
  return shards.map((name) => shardPath(source, name, path));
}

function shardPath(source: string, name: string, indexPath: string): string {
  if (basename(name) !== name)
    throw modelDamaged(indexPath, sentence`it names a file outside its folder: '${name}'.`);
  return join(source, name);
}
