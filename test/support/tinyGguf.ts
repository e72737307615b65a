import type { GgufContent, GgufTensor, GgufValue } from './ggufBytes.ts';

/** Sizes of the tiny model: big enough for heads of two rotary pairs and blocks of 32 values. */
export const tinySizes = { embedding: 32, heads: 4, kvHeads: 2, headSize: 8, feedForward: 64 };

/** GGUF's numbers for what a token is. */
const tokenKinds = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

/** All bytes in byte-level spelling, some words and the marks that real tokenizers have. */
export const tinyTokens = listTokens();

function listTokens() {
  const printable = [...range(0x21, 0x7e), ...range(0xa1, 0xac), ...range(0xae, 0xff)];
  const bytes = [
    ...printable.map((byte) => String.fromCharCode(byte)),
    ...range(0x100, 0x143).map((code) => String.fromCharCode(code)),
  ];
  return [
    ...[...bytes, 'in', 'Ġt', '12', 'Ġin', 'ĠĠ'].map((spelling) => ({ spelling, kind: tokenKinds.normal })),
    ...['<|endoftext|>', '<|im_end|>', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'].map(
      (spelling) => ({
        spelling,
        kind: tokenKinds.control,
      }),
    ),
    { spelling: '<tool_call>', kind: tokenKinds.userDefined },
    { spelling: '[PAD]', kind: tokenKinds.unused },
  ];
}

/** Number of the token with that spelling. */
export function tinyToken(spelling: string): number {
  return tinyTokens.findIndex((token) => token.spelling === spelling);
}

export interface TinyGgufOptions {
  readonly family?: 'llama' | 'qwen2' | 'qwen3';
  readonly hasHead?: boolean;
  readonly metadata?: Readonly<Record<string, GgufValue>>;
}

/** A GGUF model with one layer. Value i of tensor t is (t * 1000 + i) / 8, so that every value tells where it is from. */
export function tinyGguf({
  family = 'llama',
  hasHead = false,
  metadata = {},
}: TinyGgufOptions = {}): GgufContent {
  const { embedding: e, heads, kvHeads, headSize, feedForward: f } = tinySizes;
  const keys = kvHeads * headSize;
  const layer: [string, number[]][] = [
    ['attn_norm.weight', [e]],
    ['attn_q.weight', [e, heads * headSize]],
    ['attn_k.weight', [e, keys]],
    ['attn_v.weight', [e, keys]],
    ['attn_output.weight', [heads * headSize, e]],
    ['ffn_norm.weight', [e]],
    ['ffn_gate.weight', [e, f]],
    ['ffn_up.weight', [e, f]],
    ['ffn_down.weight', [f, e]],
  ];
  const biases: [string, number[]][] = [
    ['attn_q.bias', [heads * headSize]],
    ['attn_k.bias', [keys]],
    ['attn_v.bias', [keys]],
  ];
  const norms: [string, number[]][] = [
    ['attn_q_norm.weight', [headSize]],
    ['attn_k_norm.weight', [headSize]],
  ];
  const own = { llama: [], qwen2: biases, qwen3: norms }[family];
  const named: [string, number[]][] = [
    ['token_embd.weight', [e, tinyTokens.length]],
    ...[...layer, ...own].map(([name, shape]): [string, number[]] => [`blk.0.${name}`, shape]),
    ['output_norm.weight', [e]],
    ...(hasHead ? [['output.weight', [e, tinyTokens.length]] as [string, number[]]] : []),
  ];
  return {
    metadata: { ...buildMetadata(family), ...tokenizerMetadata(), ...metadata },
    tensors: named.map(([name, shape], index) => floatTensor(name, shape, index)),
  };
}

function buildMetadata(family: string): Record<string, GgufValue> {
  return {
    'general.architecture': family,
    [`${family}.block_count`]: 1,
    [`${family}.context_length`]: 128,
    [`${family}.embedding_length`]: tinySizes.embedding,
    [`${family}.feed_forward_length`]: tinySizes.feedForward,
    [`${family}.attention.head_count`]: tinySizes.heads,
    [`${family}.attention.head_count_kv`]: tinySizes.kvHeads,
    [`${family}.attention.layer_norm_rms_epsilon`]: 0.5,
    [`${family}.rope.freq_base`]: 10_000,
  };
}

function tokenizerMetadata(): Record<string, GgufValue> {
  return {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': tinyTokens.map(({ spelling }) => spelling),
    'tokenizer.ggml.token_type': tinyTokens.map(({ kind }) => kind),
    'tokenizer.ggml.merges': ['i n', 'Ġ t', '1 2', 'Ġ in', 'Ġ Ġ'],
    'tokenizer.ggml.eos_token_id': tinyToken('<|im_end|>'),
  };
}

function floatTensor(name: string, shape: readonly number[], index: number): GgufTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, i) => (index * 1000 + i) / 8);
  return { name, shape, type: 0, data: new Uint8Array(values.buffer) };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
