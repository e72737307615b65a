import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../src/engine/weights/modelTexts.ts';
import { readSafetensors } from '../../src/engine/weights/safetensors.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { loadStoredAdapter } from '../../src/trainer/adapters/storedAdapter.ts';
import { readTensorFile } from '../../src/trainer/adapters/tensorFile.ts';
import { mergeOf } from '../../src/engine/model/mergedWeights.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';
import { tinyData } from './tinyData.ts';

/** A data folder with one retrained adapter, and its model. */
async function retrained() {
  const { data, retrain } = await tinyData();
  const { error } = await attune([...retrain]);
  if (error !== undefined) throw new Error('the tiny model could not be retrained', { cause: error });
  const store = new AdapterStore(join(data, 'adapters'));
  const [entry] = await store.list();
  const model = retrain[retrain.indexOf('--model') + 1]!;
  const common = [...retrain.slice(1)];
  return { data, model, store, id: entry!.id, common };
}

describe('an adapter that was retrained here', () => {
  it('leaves in every form and comes back through the gate as what it was', async () => {
    const { data, model, store, id, common } = await retrained();
    const out = temporaryFolder();
    const exportAs = (format: string, name: string) =>
      attune(['adapters', 'export', id, join(out, name), '--format', format, '--data', data]);
    for (const format of ['peft', 'gguf', 'merged']) {
      expect((await exportAs(format, format)).printed).toMatch(
        new RegExp(`^Adapter ${id} of .* was written to `),
      );
    }
    expect(readdirSync(join(out, 'peft'), { recursive: true }).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'attune_base.json',
      'reward_model',
      'reward_model/adapter_config.json',
      'reward_model/adapter_model.safetensors',
      'reward_model/attune_base.json',
    ]);
    const reward: unknown = JSON.parse(
      readFileSync(join(out, 'peft', 'reward_model', 'adapter_config.json'), 'utf8'),
    );
    expect(reward).toMatchObject({ task_type: 'SEQ_CLS', modules_to_save: ['score'] });
    expect((await exportAs('peft', 'peft')).error).toMatchObject({ reason: 'alreadyThere' });

    const base = await openModelFolder(model);
    const adapter = await loadStoredAdapter(store, id, { baseModelId: model, base });
    const merged = await readTensorFile(join(out, 'merged', 'model.safetensors'));
    const changeOf = mergeOf(base.config, adapter);
    for (const { name, data: values } of merged) {
      const expected = await base.weights.read(name);
      changeOf(name)?.(expected, 0);
      expect(values, name).toEqual(expected);
    }
    expect(await readModelConfig(join(out, 'merged'))).toEqual(base.config);

    for (const form of ['peft', 'gguf']) {
      const { printed, error } = await attune(['adapters', 'import', join(out, form), ...common]);
      expect(error).toBeUndefined();
      const [, again] = /^The adapter was imported as (\S+)\.$/m.exec(printed)!;
      const entries = await store.list();
      const entry = entries.find((one) => one.id === again);
      if (entry?.kind !== 'adapter') throw new Error('the imported adapter is not in the store');
      expect(entry.manifest).toMatchObject({
        imported: { format: form, path: join(out, form), baseName: model },
      });
      expect(entry.manifest.verdict.comparison?.promptCount).toBeGreaterThan(0);
      const loaded = await loadStoredAdapter(store, entry.id, { baseModelId: model, base });
      expect(loaded.lora).toEqual(adapter.lora);
      expect(loaded.theta).toEqual(adapter.theta);
      // Its reward model comes along, bit for bit; llama.cpp's form has no room for one.
      const reward = join(store.folderOf(entry.id), 'reward_model');
      expect(existsSync(reward)).toBe(form === 'peft');
      if (form === 'gguf') continue;
      for (const name of ['adapter_model.safetensors', 'adapter_config.json'])
        expect(readFileSync(join(reward, name))).toEqual(
          readFileSync(join(out, 'peft', 'reward_model', name)),
        );
    }
    expect((await attune(['adapters', '--data', data])).printed).toContain(
      `imported from ${join(out, 'gguf')}`,
    );
  });

  it('is refused for another model, with both names, and nothing is left of it', async () => {
    const { data, id, store } = await retrained();
    const out = join(temporaryFolder(), 'peft');
    await attune(['adapters', 'export', id, out, '--data', data]);
    const other = await writeTinyModelFolder(2);
    const { error } = await attune([
      'adapters',
      'import',
      out,
      '--data',
      data,
      '--model',
      other,
      '--same-base',
    ]);
    expect(error).toMatchObject({ reason: 'adapterForeign' });
    expect(String(error)).toMatch(
      /trained on .* \(weights [0-9a-f]{12}\), and the model is .* \(weights [0-9a-f]{12}\)/,
    );
    expect((await store.list()).map((entry) => entry.id)).toEqual([id]);
    expect(existsSync(join(data, 'checkpoint-import'))).toBe(false);
  });

  it('is no longer served once the weights of its model are others', async () => {
    const { id, store, model } = await retrained();
    const other = await openModelFolder(await writeTinyModelFolder(2));
    const loading = loadStoredAdapter(store, id, { baseModelId: model, base: other });
    await expect(loading).rejects.toThrow(/with the weights [0-9a-f]{12}; this .* has [0-9a-f]{12}/);
  });
});

describe('an adapter that the user lets serve at once', () => {
  it('serves without the gate, also where there is no feedback yet, and says that nobody judged it', async () => {
    const { data, model, id } = await retrained();
    const out = join(temporaryFolder(), 'peft');
    await attune(['adapters', 'export', id, out, '--data', data]);
    const empty = temporaryFolder();
    const { printed } = await attune([
      'adapters',
      'import',
      out,
      '--data',
      empty,
      '--model',
      model,
      '--serve',
    ]);
    expect(printed).toMatch(/Serves because you said so: it was imported without asking the gate\./);
    expect((await attune(['adapters', '--data', empty])).printed).toMatch(/^\* \S+ {3}.*imported from/m);
    const store = new AdapterStore(join(empty, 'adapters'));
    const { adapterId } = await store.serving();
    expect(existsSync(join(store.folderOf(adapterId!), 'reward_model', 'adapter_model.safetensors'))).toBe(
      true,
    );
  });
});

describe('the fingerprint of weights', () => {
  it('changes with one value of one tensor, and not with where the file lies', async () => {
    const [one, two] = [await writeTinyModelFolder(1), await writeTinyModelFolder(1)];
    const fingerprint = (folder: string) => weightsFingerprint(join(folder, 'model.safetensors'));
    expect(await fingerprint(one)).toBe(await fingerprint(two));
    const [tensor] = await readSafetensors(join(two, 'model.safetensors'));
    const bytes = readFileSync(join(two, 'model.safetensors'));
    bytes[tensor!.byteOffset] = bytes[tensor!.byteOffset]! ^ 1;
    writeFileSync(join(two, 'model.safetensors'), bytes);
    expect(await fingerprint(one)).not.toBe(await fingerprint(two));
  });
});
