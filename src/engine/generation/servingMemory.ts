import { catalogue } from '../catalogue/catalogue.ts';
import { int8WeightBytes } from '../weights/modelConfig.ts';
import { tooLittleMemory } from '../weights/modelErrors.ts';
import type { BaseModel } from './modelPolicy.ts';

/**
 * Memory of a policy that serves, per byte of the weights that it computes with: what is copied and
 * packed for the processor. Measured as the most that an engine took for itself while it loaded and
 * read 512 tokens, without what it maps from files: 0.38 GB (SmolLM2-135M, 0.14 GB of weights) and
 * 0.97 GB (Qwen2.5-Coder-0.5B, 0.5 GB).
 */
const bytesPerWeightByte = 1.6;

/** What the same engines took besides: Node, the tokenizer, keys and values of the prompt. */
const fixedBytes = 200e6;

type Weights = Pick<BaseModel, 'weights' | 'int8Weights'>;

/** Throws EngineError 'outOfMemory' when a model needs more memory than there is; names a smaller model that fits. */
export function requireMemory(model: string, base: Weights, availableBytes: number): void {
  const weightBytes = weightBytesOf(base);
  const neededBytes = servingBytes(weightBytes);
  if (neededBytes <= availableBytes) return;
  const fitting = catalogue
    .map(({ id, shape }) => ({ id, weightBytes: int8WeightBytes(shape) }))
    .filter((other) => other.weightBytes < weightBytes && servingBytes(other.weightBytes) <= availableBytes)
    .sort((a, b) => b.weightBytes - a.weightBytes);
  throw tooLittleMemory(model, { neededBytes, availableBytes, smallerModel: fitting[0]?.id });
}

/** The memory in bytes that a policy takes which computes with weights of so many bytes. */
export function servingBytes(weightBytes: number): number {
  return bytesPerWeightByte * weightBytes + fixedBytes;
}

function weightBytesOf({ weights, int8Weights }: Weights): number {
  const { tensors } = int8Weights ?? weights;
  return Array.from(tensors.values()).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
