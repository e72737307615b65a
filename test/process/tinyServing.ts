import { loraLayout } from '../../src/engine/model/lora.ts';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { readModelConfig } from '../../src/engine/weights/modelTexts.ts';
import type { CompletionId, CompletionRequest } from '../../src/completion/completion.ts';
import type { EngineSettings } from '../../src/process/clients.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { tinyManifest } from '../trainer/adapterFixture.ts';

/** A request behind `prefix`, with what a test wants otherwise. */
export function requestAt(prefix: string, changes: Partial<CompletionRequest> = {}): CompletionRequest {
  return {
    ...{ id: 'c1' as CompletionId, prefix, suffix: '\n', languageId: 'typescript', trigger: 'automatic' },
    ...{ count: 1, temperature: 0, seed: 1, maxPromptTokens: 256, maxNewTokens: 16 },
    ...changes,
  };
}

/** Keeps an adapter of random factors for the model in a folder, and lets it serve. It says what it was trained on. */
export async function promoteRandomAdapter(
  { adaptersFolder, model }: Pick<EngineSettings, 'adaptersFolder' | 'model'>,
  id: string,
  baseModelId = model,
): Promise<void> {
  const lora = { rank: 2, alpha: 4 };
  const layout = loraLayout(await readModelConfig(model), lora);
  const stream = RandomStream.named(1, id);
  const theta = Float32Array.from({ length: layout.size }, () => stream.nextNormal());
  const hyperparameters = { ...defaultHyperparameters, lora };
  const manifest = tinyManifest(id, { baseModelId, hyperparameters });
  const store = new AdapterStore(adaptersFolder);
  await store.save({ theta, layout, peft: { alpha: lora.alpha, taskType: 'CAUSAL_LM' }, manifest });
  await store.promote(id as AdapterId);
}
