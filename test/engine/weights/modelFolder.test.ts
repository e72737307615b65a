import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import type { RawTensor } from '../../support/safetensorsBytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { asFloat32, tinyTensors, writeHuggingFace } from '../../support/tinyHuggingFace.ts';

const floats = tinyTensors().map(asFloat32);

function place(tensors: readonly RawTensor[] = floats): string {
  const folder = join(temporaryFolder(), 'model');
  writeHuggingFace(folder, { 'model.safetensors': tensors });
  return folder;
}

describe('openModelFolder', () => {
  it('opens a Hugging Face folder where it lies', async () => {
    const { config, tokenizer, weights } = await openModelFolder(place());
    expect(config.embeddingSize).toBe(8);
    expect(tokenizer.endOfText).toBe(257);
    expect(await weights.read('model.norm.weight')).toEqual(new Float32Array(floats.at(-1)!.data.buffer));
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'])(
    'says so when %s is missing',
    async (name) => {
      const folder = place();
      rmSync(join(folder, name));
      const { reason, message } = await engineFailure(openModelFolder(folder));
      expect(reason).toBe('modelMissing');
      expect(message).toContain(name);
    },
  );

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'])(
    'says so when %s is broken',
    async (name) => {
      const folder = place();
      writeFileSync(join(folder, name), '{"model_type": ');
      const { reason, message } = await engineFailure(openModelFolder(folder));
      expect(reason).toBe('modelDamaged');
      expect(message).toContain(`${name} is damaged: it is not JSON`);
    },
  );

  it.each([
    { what: 'a missing tensor', tensors: floats.slice(1), says: "no tensor 'model.embed_tokens.weight'" },
    {
      what: 'a tensor of another shape',
      tensors: [{ ...floats[0]!, shape: [8, 258] }, ...floats.slice(1)],
      says: "'model.embed_tokens.weight' is [8, 258] where [258, 8] is needed",
    },
  ])('refuses $what', async ({ tensors, says }) => {
    const { reason, message } = await engineFailure(openModelFolder(place(tensors)));
    expect(reason).toBe('modelDamaged');
    expect(message).toContain(says);
  });

  it('refuses weights that are not float32', async () => {
    const { reason, message } = await engineFailure(openModelFolder(place(tinyTensors())));
    expect(reason).toBe('modelUnsupported');
    expect(message).toContain('is BF16, not float32');
  });

  it('refuses to read a tensor that is not there', async () => {
    const { weights } = await openModelFolder(place());
    expect((await engineFailure(weights.read('lm_head.weight'))).message).toContain(
      "no tensor 'lm_head.weight'",
    );
  });
});
