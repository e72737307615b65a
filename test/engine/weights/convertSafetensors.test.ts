import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertSafetensors, isModelFolder } from '../../../src/engine/weights/convertSafetensors.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { safetensorsBytes, withHeader, type RawTensor } from '../../support/safetensorsBytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { asFloat32, tinyTensors, writeHuggingFace } from '../../support/tinyHuggingFace.ts';

const options = { signal: new AbortController().signal, onProgress: () => undefined };

/** A Hugging Face folder with these weight files, and where its model folder goes. */
function place(weightFiles: Readonly<Record<string, readonly RawTensor[]>>): {
  source: string;
  folder: string;
} {
  const parent = temporaryFolder();
  const source = join(parent, 'source');
  writeHuggingFace(source, weightFiles);
  return { source, folder: join(parent, 'folder') };
}

const shards = {
  'model-00001-of-00002.safetensors': tinyTensors().filter((_, i) => i % 2 === 0),
  'model-00002-of-00002.safetensors': tinyTensors().filter((_, i) => i % 2 === 1),
};

describe('convertSafetensors', () => {
  it.each([
    { what: 'one file', weightFiles: { 'model.safetensors': tinyTensors() } },
    { what: 'several files', weightFiles: shards },
  ])('makes float32 weights of bfloat16 in $what', async ({ weightFiles }) => {
    const { source, folder } = place(weightFiles);
    await convertSafetensors(source, folder, options);
    const { weights, tokenizer } = await openModelFolder(folder);
    for (const tensor of tinyTensors().map(asFloat32)) {
      expect(await weights.read(tensor.name)).toEqual(new Float32Array(tensor.data.buffer));
    }
    expect(tokenizer.encode('ab a')).toEqual([2, 3, 0]);
  });

  it('refuses a folder whose index names a missing file', async () => {
    const { source, folder } = place(shards);
    rmSync(join(source, 'model-00002-of-00002.safetensors'));
    const { reason, message } = await engineFailure(convertSafetensors(source, folder, options));
    expect(reason).toBe('modelMissing');
    expect(message).toContain('model-00002-of-00002.safetensors');
  });

  it.each([
    { index: '{"weight_map": {"a": "../a.safetensors"}}', says: 'outside its folder' },
    { index: '{"weight_map": 1}', says: 'weight_map' },
    { index: '{', says: 'not JSON' },
  ])('refuses the index $index', async ({ index, says }) => {
    const { source, folder } = place(shards);
    writeFileSync(join(source, 'model.safetensors.index.json'), index);
    const { reason, message } = await engineFailure(convertSafetensors(source, folder, options));
    expect(reason).toBe('modelDamaged');
    expect(message).toContain(says);
  });

  it.each(['I8', 'U8'])('refuses weights of the type %s, which are quantised', async (dtype) => {
    const quantised = tinyTensors().map((tensor) =>
      tensor.name.endsWith('q_proj.weight')
        ? { ...tensor, dtype, data: tensor.data.subarray(0, tensor.data.length / 2) }
        : tensor,
    );
    const { source, folder } = place({ 'model.safetensors': quantised });
    const { reason, message } = await engineFailure(convertSafetensors(source, folder, options));
    expect(reason).toBe('modelUnsupported');
    expect(message).toContain(
      `tensor 'model.layers.0.self_attn.q_proj.weight' has the type ${dtype}. Choose a folder of it that has only`,
    );
  });

  it('refuses a folder without weights, and one that is not there', async () => {
    const { source, folder } = place({ 'model.safetensors': tinyTensors() });
    rmSync(join(source, 'model.safetensors'));
    for (const path of [source, join(source, 'nowhere')]) {
      expect((await engineFailure(convertSafetensors(path, folder, options))).reason).toBe('modelMissing');
    }
  });
});

describe('isModelFolder', () => {
  const floats = tinyTensors().map(asFloat32);

  it.each([
    { what: 'float32 in one file', weightFiles: { 'model.safetensors': floats }, expected: true },
    { what: 'bfloat16', weightFiles: { 'model.safetensors': tinyTensors() }, expected: false },
    {
      what: 'float32 in several files',
      weightFiles: { 'a.safetensors': floats, 'b.safetensors': [] },
      expected: false,
    },
  ])('says $expected for $what', async ({ weightFiles, expected }) => {
    expect(await isModelFolder(place(weightFiles).source)).toBe(expected);
  });

  it('says false for floats at odd addresses', async () => {
    const { source } = place({ 'model.safetensors': floats });
    const header = safetensorsBytes(floats).subarray(8).toString('latin1').split('}}')[0]!;
    const data = floats.map((tensor) => tensor.data);
    const odd = `${header}}}`.padEnd(Math.ceil(header.length / 8) * 8 + 1);
    writeFileSync(join(source, 'model.safetensors'), withHeader(odd, ...data));
    expect(await isModelFolder(source)).toBe(false);
  });
});
