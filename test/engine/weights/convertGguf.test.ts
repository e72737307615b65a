import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/engine/invariant.ts';
import { convertGguf } from '../../../src/engine/weights/convertGguf.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import type { ModelProgress } from '../../../src/engine/weights/progress.ts';
import type { ConvertOptions } from '../../../src/engine/weights/writeModelFolder.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { ggufBytes, type GgufContent } from '../../support/ggufBytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyGguf, tinySizes, tinyToken } from '../../support/tinyGguf.ts';

const options: ConvertOptions = { signal: new AbortController().signal, onProgress: () => undefined };

/** A parent folder with a GGUF file in it, and where its model folder goes. */
function place(content: GgufContent): { parent: string; file: string; folder: string } {
  const parent = temporaryFolder();
  const file = join(parent, 'model.gguf');
  writeFileSync(file, ggufBytes(content));
  return { parent, file, folder: join(parent, 'folder') };
}

async function convert(content: GgufContent) {
  const { file, folder } = place(content);
  await convertGguf(file, folder, options);
  return { folder, model: await openModelFolder(folder) };
}

/** Rows of a [rows, 32] tensor by the number that stands at their start. */
function rowStarts(values: Float32Array): number[] {
  return Array.from({ length: values.length / 32 }, (_, row) => (values[row * 32]! * 8) % 1000);
}

describe('convertGguf', () => {
  it('makes a folder that opens with the same values', async () => {
    const { model } = await convert(tinyGguf());
    const embedding = await model.weights.read('model.embed_tokens.weight');
    expect([...embedding.subarray(0, 4)]).toEqual([0, 1 / 8, 2 / 8, 3 / 8]);
    expect(model.weights.tensors.get('model.embed_tokens.weight')?.shape).toEqual([
      model.config.vocabularySize,
      tinySizes.embedding,
    ]);
    expect(model.tokenizer.endOfText).toBe(tinyToken('<|endoftext|>'));
  });

  it("parts llama's rotary pairs into halves, head by head", async () => {
    const { model } = await convert(tinyGguf({ family: 'llama' }));
    const keys = await model.weights.read('model.layers.0.self_attn.k_proj.weight');
    const order = [0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15];
    expect(rowStarts(keys)).toEqual(order.map((row) => row * 32));
    const values = await model.weights.read('model.layers.0.self_attn.v_proj.weight');
    expect(rowStarts(values)).toEqual(order.map((_, row) => row * 32));
  });

  it("keeps qwen2's rows and biases as they are", async () => {
    const { model } = await convert(tinyGguf({ family: 'qwen2' }));
    const keys = await model.weights.read('model.layers.0.self_attn.k_proj.weight');
    expect(rowStarts(keys)).toEqual(Array.from({ length: 16 }, (_, row) => row * 32));
    expect(model.weights.tensors.get('model.layers.0.self_attn.q_proj.bias')?.shape).toEqual([32]);
  });

  it("keeps qwen3's rows as they are, with their norms and a head size of its own", async () => {
    const headSize = { 'qwen3.attention.key_length': 8 };
    const { model } = await convert(tinyGguf({ family: 'qwen3', metadata: headSize }));
    expect(model.config).toMatchObject({ family: 'qwen3', hasQkNorm: true, hasQkvBias: false, headSize: 8 });
    const keys = await model.weights.read('model.layers.0.self_attn.k_proj.weight');
    expect(rowStarts(keys)).toEqual(Array.from({ length: 16 }, (_, row) => row * 32));
    expect(model.weights.tensors.get('model.layers.0.self_attn.q_norm.weight')?.shape).toEqual([8]);
  });

  it.each([true, false])('writes an output head only where the file has one (%s)', async (hasHead) => {
    const { model } = await convert(tinyGguf({ hasHead }));
    expect(model.weights.tensors.has('lm_head.weight')).toBe(hasHead);
    expect(model.config.tiesEmbeddings).toBe(!hasHead);
  });

  it('lays the weights out in model order from a page boundary on', async () => {
    const { model, folder } = await convert(tinyGguf({ hasHead: true }));
    const tensors = [...model.weights.tensors];
    expect(tensors[0]?.[1].byteOffset).toBe(4096);
    expect(tensors.at(-1)?.[0]).toBe('lm_head.weight');
    const end = tensors.reduce((offset, [, tensor]) => {
      expect(tensor.byteOffset).toBe(offset);
      return offset + tensor.byteLength;
    }, 4096);
    expect(statSync(join(folder, 'model.safetensors')).size).toBe(end);
  });

  it('reports its way to the last byte', async () => {
    const { file, folder } = place(tinyGguf());
    const seen: ModelProgress[] = [];
    await convertGguf(file, folder, { ...options, onProgress: (progress) => seen.push(progress) });
    const last = seen.at(-1)!;
    expect(last.phase).toBe('convert');
    expect(last.doneBytes).toBe(last.totalBytes);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const { parent, file, folder } = place(tinyGguf());
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const work = convertGguf(file, folder, { ...options, onProgress, signal: controller.signal });
    await expect(work).rejects.toSatisfy(isAbort);
    expect(readdirSync(parent)).toEqual(['model.gguf']);
  });

  it('writes nothing when the disk cannot hold the model', async () => {
    const { parent, file, folder } = place(tinyGguf());
    const freeBytes = () => Promise.resolve(1_000);
    const { reason, message } = await engineFailure(convertGguf(file, folder, { ...options, freeBytes }));
    expect(reason).toBe('diskFull');
    expect(message).toMatch(/\d MB are needed and 1 MB are free.*ATTUNE_CACHE/);
    expect(readdirSync(parent)).toEqual(['model.gguf']);
  });

  it('refuses a file that lacks a tensor', async () => {
    const content = tinyGguf();
    const tensors = content.tensors.filter(({ name }) => name !== 'blk.0.ffn_up.weight');
    const { file, folder } = place({ ...content, tensors });
    const { reason, message } = await engineFailure(convertGguf(file, folder, options));
    expect(reason).toBe('modelDamaged');
    expect(message).toContain("no tensor 'model.layers.0.mlp.up_proj.weight'");
  });

  it('writes a config.json that names the parts as transformers does', async () => {
    const { folder } = await convert(tinyGguf());
    const json: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(json).toMatchObject({ architectures: ['LlamaForCausalLM'], num_key_value_heads: 2, head_dim: 8 });
  });
});
