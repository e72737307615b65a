import type { ServedAdapter } from '../../engine/generation/servedPolicy.ts';
import type { BaseModel } from '../../engine/generation/modelPolicy.ts';
import { loraLayout } from '../../engine/model/lora.ts';
import type { AdapterId, Calibration } from '../../engine/policy.ts';
import { weightsFingerprint } from '../../engine/weights/weightsFingerprint.ts';
import type { AdapterStore } from './adapterStore.ts';

/** An adapter of the store, ready to serve. */
export interface StoredAdapter extends ServedAdapter {
  readonly id: AdapterId;
  readonly calibration?: Calibration | undefined;
}

/** The model that an adapter is loaded for. */
export interface AdaptedModel {
  /** The catalogue's id, or its path. */
  readonly baseModelId: string;
  readonly base: Pick<BaseModel, 'config' | 'weights'>;
}

/**
 * An adapter of the store with the rank and scale that it was made with. Throws as `AdapterStore.load`
 * does, among others where its base model is another one.
 */
export async function loadStoredAdapter(
  store: AdapterStore,
  id: AdapterId,
  { baseModelId, base }: AdaptedModel,
): Promise<StoredAdapter> {
  const { hyperparameters, calibration } = await store.manifest(id);
  const { lora } = hyperparameters;
  const layout = loraLayout(base.config, lora);
  const baseSha256 = await weightsFingerprint(base.weights.path);
  const { theta } = await store.load(id, { layout, baseModelId, baseSha256, alpha: lora.alpha });
  return { id, lora, theta, folder: store.folderOf(id), calibration };
}
