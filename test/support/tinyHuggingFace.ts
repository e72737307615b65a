import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelTensors, parseModelConfig } from '../../src/engine/weights/modelConfig.ts';
import { bfloatBytes, safetensorsBytes, type RawTensor } from './safetensorsBytes.ts';

export const tinyConfigJson = {
  model_type: 'llama',
  num_hidden_layers: 1,
  hidden_size: 8,
  num_attention_heads: 2,
  intermediate_size: 16,
  vocab_size: 258,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};

/** A byte-level `tokenizer.json` as Hugging Face writes it: Latin letters, a merge and one special token. */
export const tinyTokenizerJson = {
  version: '1.0',
  added_tokens: [{ id: 257, content: '</s>', special: true, normalized: false }],
  normalizer: { type: 'NFC' },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: { a: 0, b: 1, ab: 2, Ġ: 3, Ã: 4, '©': 5, '1': 6, '</s>': 257 },
    merges: ['a b'],
  },
};

/** Every tensor of the tiny model in bfloat16; value i of tensor t is t + i / 4. */
export function tinyTensors(): RawTensor[] {
  return modelTensors(parseModelConfig(tinyConfigJson, 'tiny')).map(({ name, shape }, t) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, (_, i) => t + (i % 64) / 4);
    return { name, shape, dtype: 'BF16', data: bfloatBytes(values) };
  });
}

/** The same tensor in float32. */
export function asFloat32(tensor: RawTensor): RawTensor {
  const halves = new Uint16Array(tensor.data.buffer);
  return {
    ...tensor,
    dtype: 'F32',
    data: new Uint8Array(Uint32Array.from(halves, (half) => half << 16).buffer),
  };
}

/** Writes a Hugging Face folder with the given weight files. */
export function writeHuggingFace(
  folder: string,
  weightFiles: Readonly<Record<string, readonly RawTensor[]>>,
): void {
  mkdirSync(folder, { recursive: true });
  const writeJson = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(value));
  writeJson('config.json', tinyConfigJson);
  writeJson('tokenizer.json', tinyTokenizerJson);
  writeJson('tokenizer_config.json', { eos_token: { content: '</s>' } });
  for (const [name, tensors] of Object.entries(weightFiles)) {
    writeFileSync(join(folder, name), safetensorsBytes(tensors));
  }
  const files = Object.entries(weightFiles);
  if (files.length === 1) return;
  const weightMap = files.flatMap(([file, tensors]) => tensors.map(({ name }) => [name, file] as const));
  writeJson('model.safetensors.index.json', { weight_map: Object.fromEntries(weightMap) });
}
