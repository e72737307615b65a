import { dirname } from 'node:path';
import { sentence } from '../../sentences/sentence.ts';
import { invariant, isAbort } from '../invariant.ts';
import { deviceServingGraph, presentNames } from '../model/deviceServingGraph.ts';
import type { Adapter } from '../model/lora.ts';
import type { PolicyId } from '../policy.ts';
import { deviceFailed } from '../runtime/deviceErrors.ts';
import { createWebGpuSession } from '../runtime/onnxDeviceSession.ts';
import { ensureInt4Weights } from '../weights/int4Weights.ts';
import type { ConvertOptions } from '../weights/writeModelFolder.ts';
import type { DeviceModel } from './deviceAgreement.ts';
import { CacheMemory } from './deviceCache.ts';
import { DevicePasses } from './devicePasses.ts';
import { maxTextTokens, ModelPolicy, type BaseModel } from './modelPolicy.ts';
import { ReferenceTokens } from './referenceTokens.ts';
import { TokenPrefixes } from './tokenPrefixes.ts';

/**
 * What stays on the CPU: the embedding, a table of half a gigabyte of which a token needs one row,
 * and a sum over a row of logits, which come to the CPU anyway.
 */
const cpuNodes = ['embedding', 'logSumExp'];

/** A model as WebGPU runs it: in 4 bits. The weights are made where they are not there yet. */
export async function inInt4(
  { config, weights }: BaseModel,
  adapter: Adapter | undefined,
  options: ConvertOptions,
): Promise<DeviceModel> {
  const int4Weights = await ensureInt4Weights(dirname(weights.path), options).catch((error: unknown) => {
    if (isAbort(error)) throw error;
    throw deviceFailed('webgpu', sentence`cannot have the model in 4 bits`, error);
  });
  return { config, weights: [weights, int4Weights], precision: 'int4', adapter };
}

/** The graph of a model on WebGPU, ready to run. */
export async function loadWebGpuPasses(
  model: DeviceModel,
  maxRunTokens: number = maxTextTokens,
): Promise<LoadedPasses> {
  const { config, weights, precision, adapter } = model;
  const graph = deviceServingGraph(config, maxTextTokens, { precision, adapter });
  const layers = Array.from({ length: config.layerCount }, (_, layer) => layer);
  const keptOutputs = layers.flatMap((layer) => [presentNames.keys(layer), presentNames.values(layer)]);
  const session = await createWebGpuSession(graph, weights, { keptOutputs, cpuNodes });
  const memory = new CacheMemory(config, (copyGraph, kept) =>
    createWebGpuSession(copyGraph, [], { keptOutputs: kept }),
  );
  const dispose = async (): Promise<void> => {
    try {
      await memory.dispose();
    } finally {
      await session.dispose();
    }
  };
  return { passes: new DevicePasses(session, memory, maxRunTokens), dispose };
}

/** Passes with what ends them. */
export interface LoadedPasses {
  readonly passes: DevicePasses;
  readonly dispose: () => Promise<void>;
}

/** The policy that writes with these passes. */
export function webGpuPolicy(
  id: PolicyId,
  { tokenizer }: Pick<BaseModel, 'tokenizer'>,
  { passes, dispose }: LoadedPasses,
): ModelPolicy {
  const passesWith = (theta: Float32Array | undefined): DevicePasses => {
    invariant(theta === undefined, 'on a device the adapter is part of the graph');
    return passes;
  };
  const prefixes = new TokenPrefixes(tokenizer);
  return new ModelPolicy(
    id,
    { tokenizer, passesWith, dispose, prefixes, references: new ReferenceTokens(tokenizer) },
    undefined,
  );
}
