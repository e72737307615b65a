import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RandomStream } from '../../src/engine/random.ts';
import type { WeightLocations } from '../../src/engine/runtime/onnxSession.ts';
import { modelTensors, type ModelConfig } from '../../src/engine/weights/modelConfig.ts';
import { readSafetensors, safetensorsHeader } from '../../src/engine/weights/safetensors.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** The smallest model with everything in it: two layers, two query heads per key-value head. */
export const tinyConfig: ModelConfig = {
  family: 'qwen2',
  layerCount: 2,
  embeddingSize: 16,
  headCount: 4,
  kvHeadCount: 2,
  headSize: 4,
  feedForwardSize: 24,
  vocabularySize: 32,
  ropeTheta: 10_000,
  rmsNormEpsilon: 1e-5,
  tiesEmbeddings: true,
  hasQkvBias: true,
  hasQkNorm: false,
  maxPositions: 512,
};

/** The same with heads that need no filling up, and rows of more than one block of 4-bit weights. */
export const tinyDeviceConfig: ModelConfig = {
  ...tinyConfig,
  embeddingSize: 48,
  headSize: 16,
  feedForwardSize: 80,
};

/** Random weights of the tiny model, in a file like a real model's, and as plain numbers. */
export interface TinyModel {
  readonly config: ModelConfig;
  readonly weights: WeightLocations;
  readonly values: (weightName: string) => Float32Array;
}

/** Writes a tiny model into a temporary folder that goes when the test ends. */
export async function writeTinyModel(
  config: ModelConfig = tinyConfig,
  seed = 1,
  sharpness = 1,
): Promise<TinyModel> {
  const specs = modelTensors(config);
  const values = new Map(specs.map(({ name, shape }) => [name, randomWeights(name, shape, seed)]));
  values.set(
    lastNorm,
    values.get(lastNorm)!.map((weight) => sharpness * weight),
  );
  const path = join(temporaryFolder(), 'model.safetensors');
  const blocks = specs.map(({ name }) => new Uint8Array(values.get(name)!.buffer));
  writeFileSync(path, Buffer.concat([safetensorsHeader(specs), ...blocks]));
  const tensors = new Map((await readSafetensors(path)).map((tensor) => [tensor.name, tensor]));
  return { config, weights: { path, tensors }, values: (name) => values.get(name)! };
}

/** What logits are proportional to. */
const lastNorm = 'model.norm.weight';

/** Norm weights near 1, all others of a size that keeps activations of order 1. */
function randomWeights(name: string, shape: readonly number[], seed: number): Float32Array<ArrayBuffer> {
  const stream = RandomStream.named(seed, name);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const isNorm = name.endsWith('norm.weight');
  const deviation = shape.length === 2 ? 1 / Math.sqrt(shape[1]!) : 0.1;
  return Float32Array.from({ length: count }, () => (isNorm ? 1 : 0) + stream.nextNormal() * deviation);
}
