import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGguf } from '../../../src/engine/weights/ggufFile.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { ggufBytes, type GgufContent } from '../../support/ggufBytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyGguf, tinySizes, tinyTokens, type TinyGgufOptions } from '../../support/tinyGguf.ts';

function write(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), 'model.gguf');
  writeFileSync(path, bytes);
  return path;
}

function read(options: TinyGgufOptions = {}) {
  return readGguf(write(ggufBytes(tinyGguf(options))));
}

describe('readGguf', () => {
  it('gives the build of the model in our words', async () => {
    const { config } = await read();
    expect(config).toEqual({
      family: 'llama',
      layerCount: 1,
      embeddingSize: tinySizes.embedding,
      headCount: tinySizes.heads,
      kvHeadCount: tinySizes.kvHeads,
      headSize: tinySizes.headSize,
      feedForwardSize: tinySizes.feedForward,
      vocabularySize: tinyTokens.length,
      ropeTheta: 10_000,
      rmsNormEpsilon: 0.5,
      tiesEmbeddings: true,
      hasQkvBias: false,
      hasQkNorm: false,
      maxPositions: 128,
    });
  });

  it('sees an output head of its own', async () => {
    const { config, tensors } = await read({ hasHead: true });
    expect(config.tiesEmbeddings).toBe(false);
    expect(tensors.get('lm_head.weight')?.shape).toEqual([tinyTokens.length, tinySizes.embedding]);
  });

  it.each([
    { family: 'llama', pairedRows: tinySizes.headSize },
    { family: 'qwen2', pairedRows: undefined },
  ] as const)('knows how $family files store rotary pairs', async ({ family, pairedRows }) => {
    const { tensors } = await read({ family });
    for (const name of ['q_proj', 'k_proj']) {
      expect(tensors.get(`model.layers.0.self_attn.${name}.weight`)?.pairedRows).toBe(pairedRows);
    }
    expect(tensors.get('model.layers.0.self_attn.v_proj.weight')?.pairedRows).toBeUndefined();
  });
});

/** The tiny file with its first tensor changed. */
function withFirstTensor(change: Partial<GgufContent['tensors'][number]>): Buffer {
  const { metadata, tensors } = tinyGguf();
  return ggufBytes({
    metadata,
    tensors: tensors.map((tensor, i) => (i === 0 ? { ...tensor, ...change } : tensor)),
  });
}

/** The tiny file with a tensor more. */
function withTensor(name: string): Buffer {
  const { metadata, tensors } = tinyGguf();
  const added = { name, shape: [4], type: 0, data: new Uint8Array(16) };
  return ggufBytes({ metadata, tensors: [...tensors, added] });
}

const sound = ggufBytes(tinyGguf());
const dataBytes = tinyGguf().tensors.reduce((sum, { data }) => sum + data.length, 0);

describe('readGguf takes', () => {
  it.each([
    { 'llama.rope.scaling.type': 'none' },
    { 'llama.rope.scaling.type': 'none', 'llama.rope.scaling.factor': 4 },
    { 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': 1 },
    { 'llama.rope.scale_linear': 1 },
  ])('positions that %o leaves as they are', async (metadata) => {
    expect((await read({ metadata })).config.ropeTheta).toBe(10_000);
  });
});

describe('readGguf refuses', () => {
  it('a missing file', async () => {
    const { reason, message } = await engineFailure(readGguf('/nowhere/model.gguf'));
    expect(reason).toBe('modelMissing');
    expect(message).toContain('/nowhere/model.gguf');
  });

  it.each([
    { what: 'an empty file', bytes: Buffer.alloc(0), says: 'ends at byte 0 where 4 are needed' },
    { what: 'a header that is cut off', bytes: sound.subarray(0, 3000), says: '3000' },
    {
      what: 'a list of tensors that is cut off',
      bytes: sound.subarray(0, sound.length - dataBytes - 60),
      says: 'its header needs',
    },
    { what: 'a header of only the magic', bytes: sound.subarray(0, 6), says: 'header' },
    {
      what: 'data that is cut off',
      bytes: sound.subarray(0, sound.length - 64),
      says: String(sound.length - 64),
    },
    {
      what: 'a header without a needed number',
      bytes: ggufBytes({ ...tinyGguf(), metadata: { 'general.architecture': 'llama' } }),
      says: 'block_count',
    },
    {
      what: 'more layers than have room in memory',
      bytes: ggufBytes(tinyGguf({ metadata: { 'llama.block_count': 2 ** 31 } })),
      says: 'at block_count',
    },
    {
      what: 'heads that cannot share',
      bytes: ggufBytes(tinyGguf({ metadata: { 'llama.attention.head_count_kv': 3 } })),
      says: '3 key-value heads',
    },
  ])('$what as damaged', async ({ bytes, says }) => {
    const { reason, message } = await engineFailure(readGguf(write(bytes)));
    expect(reason).toBe('modelDamaged');
    expect(message).toContain(says);
    expect(message).toContain('get it again');
  });

  it.each([
    { what: 'another kind of file', bytes: Buffer.from('PK\u0003\u0004 and more'), says: 'not a GGUF file' },
    {
      what: 'an unknown architecture',
      bytes: ggufBytes(tinyGguf({ metadata: { 'general.architecture': 'mamba' } })),
      says: "'mamba'",
    },
    {
      what: 'an unknown tensor type',
      bytes: withFirstTensor({ type: 10 }),
      says: "'token_embd.weight' has the type Q2_K. Choose a file of it that has only these types: F32, F16, Q4_0",
    },
    {
      what: 'a tensor type without a name',
      bytes: withFirstTensor({ type: 99 }),
      says: "'token_embd.weight' has the type 99. Choose",
    },
    ...['rope_freqs.weight', 'blk.0.attn_q.bias', 'blk.0.ffn_up.bias', 'blk.0.attn_q_norm.weight'].map(
      (name) => ({
        what: `${name}, which it would leave out,`,
        bytes: withTensor(name),
        says: `it has a tensor '${name}' that llama models do not have. Choose`,
      }),
    ),
    {
      what: 'a part of a model',
      bytes: ggufBytes(tinyGguf({ metadata: { 'split.no': 0, 'split.count': 2 } })),
      says: 'it is part 1 of 2. Join the parts by llama-gguf-split --merge of llama.cpp, or choose',
    },
    {
      what: 'a later part of a model',
      bytes: ggufBytes({ ...tinyGguf(), metadata: { 'split.no': 1, 'split.count': 2 } }),
      says: 'it is part 2 of 2. Join',
    },
    {
      what: 'scaled rotary embeddings',
      bytes: ggufBytes(tinyGguf({ metadata: { 'llama.rope.scaling.type': 'yarn' } })),
      says: "'yarn'",
    },
    ...['llama.rope.scaling.factor', 'llama.rope.scale_linear'].map((key) => ({
      what: `positions that are scaled by ${key} alone`,
      bytes: ggufBytes(tinyGguf({ metadata: { [key]: 4 } })),
      says: "it scales its rotary embedding by 'linear'",
    })),
    {
      what: 'partly rotary heads',
      bytes: ggufBytes(tinyGguf({ metadata: { 'llama.rope.dimension_count': 4 } })),
      says: 'only 4 of 8',
    },
  ])('$what as unsupported', async ({ bytes, says }) => {
    const { reason, message } = await engineFailure(readGguf(write(bytes)));
    expect(reason).toBe('modelUnsupported');
    expect(message).toContain(says);
    expect(message).toMatch(/choose/i);
  });
});
