import { EngineError } from '../errors.ts';
import type { Adapter } from '../model/lora.ts';
import { ensureMergedWeights } from '../model/mergedWeights.ts';
import type { PolicyId } from '../policy.ts';
import { freeBytesOf } from '../weights/diskSpace.ts';
import { loadPolicy, type BaseModel, type ModelPolicy } from './modelPolicy.ts';

/** An adapter that serves, and the folder that keeps what is made of it. */
export interface ServedAdapter extends Adapter {
  readonly folder: string;
}

/**
 * Loads a policy as it serves: with the adapter merged into int8 weights where the model has them,
 * made first if they are not there yet; the base model alone where there is no adapter. On a full
 * disk the adapter serves unmerged, which is slower.
 */
export async function loadServedPolicy(
  base: BaseModel,
  {
    id,
    adapter,
    threads,
    signal,
  }: {
    readonly id: PolicyId;
    readonly adapter: ServedAdapter | undefined;
    readonly threads: number;
    readonly signal: AbortSignal;
  },
): Promise<ModelPolicy> {
  const unmerged = { id, adapter, threads };
  if (adapter === undefined || base.int8Weights === undefined) return loadPolicy(base, unmerged);
  const float32 = { config: base.config, weightPath: base.weights.path };
  const options = { signal, onProgress: () => undefined, freeBytes: freeBytesOf };
  try {
    const int8Weights = await ensureMergedWeights(adapter.folder, float32, adapter, options);
    return await loadPolicy({ ...base, int8Weights }, { id, threads });
  } catch (error) {
    if (!EngineError.is(error, 'diskFull')) throw error;
    return loadPolicy(base, unmerged);
  }
}
