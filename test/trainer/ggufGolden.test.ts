import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/engine/random.ts';
import { readGgufTensors } from '../../src/engine/weights/ggufFile.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { fitForeign, type ForeignAdapter } from '../../src/trainer/adapters/foreignAdapter.ts';
import { readGgufAdapter, writeGgufAdapter } from '../../src/trainer/adapters/ggufAdapter.ts';
import { readPeftFolder } from '../../src/trainer/adapters/peftFolder.ts';
import { readTensor } from '../../src/trainer/adapters/tensorFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { bitsOf } from './adapterFixture.ts';

const preferred = { rank: 2, alpha: 3 };

/** The adapter of test/golden/make_lora_gguf_golden.py, as PEFT saved it and as llama.cpp's own converter wrote it. */
async function golden(family: string) {
  const folder = join(import.meta.dirname, '..', 'golden', `tiny-${family}`);
  const { config } = await openModelFolder(folder);
  const fitted = (foreign: ForeignAdapter) =>
    fitForeign(foreign, config, { preferred, random: RandomStream.named(1, 'lora') });
  return {
    config,
    adapter: fitted(await readPeftFolder(join(folder, 'lora'))),
    gguf: join(folder, 'lora.gguf'),
    fitted,
  };
}

async function contentOf(path: string) {
  const { metadata, tensors } = await readGgufTensors(path);
  const read = await Promise.all(tensors.map(readTensor));
  const named = read.map(({ name, shape, data }) => [name, { shape, bits: bitsOf(data) }] as const);
  return { metadata, tensors: Object.fromEntries(named) };
}

describe.each(['llama', 'qwen2', 'qwen3'])('an adapter of %s for llama.cpp', (family) => {
  it('is what its own converter makes of the same PEFT folder, bit for bit', async () => {
    const { config, adapter, gguf } = await golden(family);
    expect(adapter.lora).toEqual(preferred);
    const path = join(temporaryFolder(), 'ours.gguf');
    await writeGgufAdapter(path, adapter, config, { name: 'tiny', sha256: 'a'.repeat(64) });
    const [ours, theirs] = [await contentOf(path), await contentOf(gguf)];
    expect(Object.keys(theirs.tensors)).toHaveLength(2 * 7 * 2);
    expect(ours.tensors).toEqual(theirs.tensors);
    for (const key of ['general.architecture', 'general.type', 'adapter.type', 'adapter.lora.alpha'])
      expect(ours.metadata[key], key).toEqual(theirs.metadata[key]);
  });

  it('is read as the PEFT folder that it was made of', async () => {
    const { config, adapter, gguf, fitted } = await golden(family);
    expect(fitted(await readGgufAdapter(gguf, config, 'tiny'))).toEqual(adapter);
  });
});
