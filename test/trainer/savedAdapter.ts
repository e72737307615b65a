import { join } from 'node:path';
import { ensureModelFolder } from '../../src/engine/catalogue/ensureModelFolder.ts';
import { freshLora, loraLayout } from '../../src/engine/model/lora.ts';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import type { NewAdapter } from '../../src/trainer/adapters/adapterFolder.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import type { KeptComparisons } from '../../src/trainer/adapters/keptComparisons.ts';
import type { Manifest } from '../../src/trainer/adapters/manifest.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyAdapter } from './adapterFixture.ts';

/** A fresh adapter that fits a model, with what else a test wants of it. */
export async function fittingAdapter(
  { model, folder }: { readonly model: string; readonly folder: string },
  id: string,
  changes: Partial<Manifest> = {},
  comparisons?: KeptComparisons,
): Promise<NewAdapter> {
  const { lora } = defaultHyperparameters;
  const layout = loraLayout((await openModelFolder(folder)).config, lora);
  const theta = freshLora(layout, RandomStream.named(1, 'adapter'));
  const adapter = tinyAdapter(id, { baseModelId: model, ...changes }, comparisons);
  return { ...adapter, peft: { ...adapter.peft, alpha: lora.alpha }, layout, theta };
}

/** A data folder with a fresh adapter that fits a model; the model stays as it is, and so does the user's cache. */
export async function savedAdapter(
  model: string,
): Promise<{ readonly data: string; readonly id: AdapterId }> {
  const data = temporaryFolder();
  const cacheFolder = temporaryFolder();
  const { signal } = new AbortController();
  const folder = await ensureModelFolder(model, { signal, onProgress: () => undefined, cacheFolder });
  await new AdapterStore(join(data, 'adapters')).save(await fittingAdapter({ model, folder }, 'one'));
  return { data, id: 'one' as AdapterId };
}
