import { sentence } from '../../sentences/sentence.ts';
import { modelTensors, type ModelConfig } from './modelConfig.ts';
import { modelDamaged, modelUnsupported } from './modelErrors.ts';
import { readSafetensors } from './safetensors.ts';
import { readExactly, withFile, type StoredTensor } from './storedTensor.ts';

/** Where one float32 tensor lies in a weight file. */
export interface WeightTensor {
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** The float32 weights of a model, on disk: whoever runs the model maps them, whoever needs one tensor reads it. */
export interface WeightFile {
  readonly path: string;
  /** By Hugging Face's names, for example `model.layers.0.self_attn.q_proj.weight`, shape [out, in]. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** The values of one tensor; throws when there is no such tensor. */
  read(name: string): Promise<Float32Array>;
}

/** The weights in the safetensors file at `path`, which must be float32 and fit `config`. */
export async function openWeightFile(path: string, config: ModelConfig): Promise<WeightFile> {
  const tensors = new Map((await readSafetensors(path)).map((tensor) => [tensor.name, tensor]));
  requireTensors(tensors, config, path);
  for (const { name, type } of tensors.values()) {
    if (type.name !== 'F32')
      throw modelUnsupported(path, sentence`tensor '${name}' is ${type.name}, not float32.`);
  }
  return {
    path,
    tensors,
    read: (name) => readTensor(path, tensors.get(name), name),
  };
}

async function readTensor(
  path: string,
  tensor: WeightTensor | undefined,
  name: string,
): Promise<Float32Array> {
  if (tensor === undefined) throw modelDamaged(path, sentence`it has no tensor '${name}'.`);
  const bytes = new Uint8Array(tensor.byteLength);
  await withFile(path, (file) => readExactly(file, path, bytes, tensor.byteOffset));
  return new Float32Array(bytes.buffer);
}

/** The tensors a model of that config needs, in model order; throws when one is missing or has another shape. */
export function requireTensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  config: ModelConfig,
  path: string,
): readonly StoredTensor[] {
  return modelTensors(config).map(({ name, shape }) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw modelDamaged(path, sentence`it has no tensor '${name}'.`);
    if (tensor.shape.join() !== shape.join()) {
      const what = sentence`tensor '${name}' is [${tensor.shape.join(', ')}] where [${shape.join(', ')}] is needed.`;
      throw modelDamaged(path, what);
    }
    return tensor;
  });
}
