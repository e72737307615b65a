import { EngineError } from '../errors.ts';
import type { Adapter } from '../model/lora.ts';
import { ensureMergedWeights } from '../model/mergedWeights.ts';
import type { PolicyId } from '../policy.ts';
import { isOnSameDrive } from '../weights/commonFolder.ts';
import type { Int8Weights } from '../weights/int8Weights.ts';
import type { ConvertOptions } from '../weights/writeModelFolder.ts';
import { loadPolicy, type BaseModel, type ModelPolicy } from './modelPolicy.ts';

/** An adapter that serves, and the folder that keeps what is made of it. */
export interface ServedAdapter extends Adapter {
  readonly folder: string;
}

/** What a served policy is loaded from. */
export interface ServedPolicyOptions {
  readonly id: PolicyId;
  readonly adapter: ServedAdapter | undefined;
  readonly threads: number;
  /** How the merged weights are made where they are needed. */
  readonly convert: ConvertOptions;
}

/**
 * Loads a policy as it serves: with the adapter merged into int8 weights where the model has them,
 * made first if they are not there yet; the base model alone where there is no adapter. On a full disk, or on
 * another drive of Windows than the model's, the adapter serves unmerged, which is slower.
 */
export async function loadServedPolicy(
  base: BaseModel,
  { id, adapter, threads, convert }: ServedPolicyOptions,
): Promise<ModelPolicy> {
  const merged = adapter && (await mergeForServing(base, adapter, convert));
  if (merged === undefined) return loadPolicy(base, { id, adapter, threads });
  return loadPolicy({ ...base, int8Weights: merged }, { id, threads });
}

/** The weights that an adapter serves from, made if they are not there yet; undefined where it serves unmerged. */
export async function mergeForServing(
  { config, weights, int8Weights }: BaseModel,
  adapter: ServedAdapter,
  convert: ConvertOptions,
): Promise<Int8Weights | undefined> {
  if (int8Weights === undefined) return undefined;
  if (!(await isOnSameDrive(adapter.folder, weights.path))) return undefined;
  const { bits, split } = int8Weights;
  const source = { config, weightPath: weights.path, bits, split };
  try {
    return await ensureMergedWeights(adapter.folder, source, adapter, convert);
  } catch (error) {
    if (!EngineError.is(error, 'diskFull')) throw error;
    return undefined;
  }
}
