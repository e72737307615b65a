import { userCacheFolder } from '../../engine/catalogue/cacheFolder.ts';
import { loadPolicyOn, type DevicePolicy } from '../../engine/generation/loadPolicyOn.ts';
import type { BaseModel } from '../../engine/generation/modelPolicy.ts';
import { mergeForServing, type ServedAdapter } from '../../engine/generation/servedPolicy.ts';
import { policyIdOf, type AdapterId, type Calibration, type PolicyId } from '../../engine/policy.ts';
import type { OnModelProgress } from '../../engine/weights/progress.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { AdapterStore } from '../../trainer/adapters/adapterStore.ts';
import { TrainerError } from '../../trainer/errors.ts';
import { loadStoredAdapter } from '../../trainer/adapters/storedAdapter.ts';
import type { EngineSettings } from '../clients.ts';

/** The adapter that shall serve, or why the base model serves alone. */
export type ServingAdapter =
  | {
      readonly kind: 'adapter';
      readonly id: AdapterId;
      readonly adapter: ServedAdapter;
      readonly calibration: Calibration | undefined;
    }
  /** `notice` is for the user, `id` the adapter that cannot be used for that `failure`; all absent when none was promoted. */
  | {
      readonly kind: 'none';
      readonly id?: AdapterId;
      readonly failure?: TrainerError;
      readonly notice?: Sentence | undefined;
    };

/** Which adapter the store lets serve on this model. One that cannot be used leaves the base model, with a notice. */
export async function readServingAdapter(
  { model, adaptersFolder }: Pick<EngineSettings, 'model' | 'adaptersFolder'>,
  base: Pick<BaseModel, 'config' | 'weights'>,
): Promise<ServingAdapter> {
  const store = new AdapterStore(adaptersFolder);
  const { adapterId: id, problem } = await store.serving();
  if (id === undefined) return { kind: 'none', notice: problem };
  try {
    const adapter = await loadStoredAdapter(store, id, { baseModelId: model, base });
    return { kind: 'adapter', id, adapter, calibration: adapter.calibration };
  } catch (error) {
    if (!TrainerError.is(error)) throw error;
    return {
      kind: 'none',
      id,
      failure: error,
      notice: sentence`${error.sentence} Until then the base model serves.`,
    };
  }
}

/** The policy that the store names now; undefined where it still names that adapter. */
export async function promotedSince(
  { model, adaptersFolder }: Pick<EngineSettings, 'model' | 'adaptersFolder'>,
  { id }: ServingAdapter,
): Promise<PolicyId | undefined> {
  const { adapterId } = await new AdapterStore(adaptersFolder).serving();
  return adapterId === id ? undefined : policyIdOf(model, adapterId);
}

/** What a policy is loaded from, and how that is watched and ended. */
export interface ServingOptions {
  readonly settings: Pick<EngineSettings, 'model' | 'threads' | 'device'>;
  readonly serving: ServingAdapter;
  readonly signal: AbortSignal;
  readonly onProgress: OnModelProgress;
}

/** The policy of a base model with that adapter, on the device of the settings. */
export function loadServingPolicy(
  base: BaseModel,
  { settings: { model, threads, device }, serving, signal, onProgress }: ServingOptions,
): Promise<DevicePolicy> {
  const [id, adapter] = serving.kind === 'none' ? [undefined, undefined] : [serving.id, serving.adapter];
  return loadPolicyOn(base, {
    id: policyIdOf(model, id),
    adapter,
    threads,
    choice: device,
    convert: { signal, onProgress },
    cacheFolder: userCacheFolder(),
  });
}

/** Makes what takes long of a policy on the CPU and needs little memory: it can be loaded in a moment then. */
export async function prepareOnCpu(
  base: BaseModel,
  { serving, signal, onProgress }: ServingOptions,
): Promise<void> {
  if (serving.kind === 'none') return;
  await mergeForServing(base, serving.adapter, { signal, onProgress });
}
