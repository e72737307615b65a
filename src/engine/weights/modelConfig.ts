import * as z from 'zod';
import { quoted, sentence } from '../../sentences/sentence.ts';
import { modelDamaged, modelUnsupported } from './modelErrors.ts';

/** The families of decoders that the engine computes. */
export const modelFamilies = ['llama', 'qwen2', 'qwen3'] as const;

export type ModelFamily = (typeof modelFamilies)[number];

/** The family of that name, or undefined when the engine has none. */
export function familyNamed(name: unknown): ModelFamily | undefined {
  return modelFamilies.find((family) => family === name);
}

/** The sizes of a model: what it takes to compute it, whatever it knows. */
export interface ModelShape {
  readonly family: ModelFamily;
  readonly layerCount: number;
  /** E */
  readonly embeddingSize: number;
  /** H */
  readonly headCount: number;
  /** K, a divisor of H */
  readonly kvHeadCount: number;
  /** D, even: rotary embedding turns its two halves against each other. */
  readonly headSize: number;
  /** F */
  readonly feedForwardSize: number;
  /** V, rows of the embedding; can be more than the tokenizer has tokens. */
  readonly vocabularySize: number;
  /** The q, k and v projections have biases. */
  readonly hasQkvBias: boolean;
  /** Each query and key head is normed before it is rotated, by weights [D] that its layer's heads share. */
  readonly hasQkNorm: boolean;
}

/** The int8 weights of a model, in bytes: one for each number in its projections and its output head. */
export function int8WeightBytes(shape: ModelShape): number {
  const { layerCount, embeddingSize, headCount, kvHeadCount, headSize, feedForwardSize } = shape;
  const attention = 2 * (headCount + kvHeadCount) * headSize;
  return embeddingSize * (layerCount * (attention + 3 * feedForwardSize) + shape.vocabularySize);
}

/** What a model is built like: everything the engine needs to know besides its weights and tokenizer. */
export interface ModelConfig extends ModelShape {
  /** Base of the rotary frequencies: theta^(-2i / D). */
  readonly ropeTheta: number;
  readonly rmsNormEpsilon: number;
  /** The output head is the embedding itself, and `lm_head.weight` is absent. */
  readonly tiesEmbeddings: boolean;
  /** Longest text the model was trained on, in tokens. */
  readonly maxPositions: number;
}

/** One weight tensor that a model must have. */
export interface TensorSpec {
  /** Hugging Face's name, for example `model.layers.0.self_attn.q_proj.weight`. */
  readonly name: string;
  /** [out, in] for a projection. */
  readonly shape: readonly number[];
}

const count = z.number().int().positive();

/**
 * Ten times as many as Llama 3.1 405B has, the deepest that we know. One damaged byte makes billions of them, and a list
 * of their tensors has no room in memory.
 */
export const maxLayers = 1260;

/** `config.json` of a Hugging Face folder, as far as it decides how the model computes. */
const configJsonSchema = z.object({
  model_type: z.string(),
  num_hidden_layers: count.max(maxLayers),
  hidden_size: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  intermediate_size: count,
  vocab_size: count,
  max_position_embeddings: count,
  rms_norm_eps: z.number().positive(),
  tie_word_embeddings: z.boolean().default(false),
  hidden_act: z.string().default('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  use_sliding_window: z.boolean().default(false),
  // Newer files keep theta inside `rope_parameters`, older ones beside `rope_scaling`.
  rope_theta: z.number().positive().optional(),
  rope_scaling: z.looseObject({ rope_type: z.string().optional(), type: z.string().optional() }).nullish(),
  rope_parameters: z
    .object({ rope_theta: z.number().positive(), rope_type: z.string().optional() })
    .nullish(),
});

type ConfigJson = z.infer<typeof configJsonSchema>;

/** Base of the rotary frequencies where a file names none, as both families' first models had it. */
const defaultRopeTheta = 10_000;

/** The model's build, from the parsed JSON of the `config.json` at `path`. */
export function parseModelConfig(json: unknown, path: string): ModelConfig {
  const parsed = configJsonSchema.safeParse(json);
  if (!parsed.success) throw modelDamaged(path, quoted(`${z.prettifyError(parsed.error)}.`), parsed.error);
  const config = parsed.data;
  const family = familyNamed(config.model_type);
  if (family === undefined)
    throw modelUnsupported(path, sentence`its architecture is '${config.model_type}'.`);
  refuseUnknownVariants(config, path);
  return checkedModelConfig(
    {
      family,
      layerCount: config.num_hidden_layers,
      embeddingSize: config.hidden_size,
      headCount: config.num_attention_heads,
      kvHeadCount: config.num_key_value_heads ?? config.num_attention_heads,
      headSize: config.head_dim ?? config.hidden_size / config.num_attention_heads,
      feedForwardSize: config.intermediate_size,
      vocabularySize: config.vocab_size,
      ropeTheta: config.rope_parameters?.rope_theta ?? config.rope_theta ?? defaultRopeTheta,
      rmsNormEpsilon: config.rms_norm_eps,
      tiesEmbeddings: config.tie_word_embeddings,
      ...attentionOf(family),
      maxPositions: config.max_position_embeddings,
    },
    path,
  );
}

/** What a family's attention has besides the projections. */
export function attentionOf(family: ModelFamily): Pick<ModelConfig, 'hasQkvBias' | 'hasQkNorm'> {
  return { hasQkvBias: family === 'qwen2', hasQkNorm: family === 'qwen3' };
}

const transformersClasses: Readonly<Record<ModelFamily, string>> = {
  llama: 'LlamaForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
};

function refuseUnknownVariants(config: ConfigJson, path: string): void {
  const ropeType =
    config.rope_parameters?.rope_type ??
    config.rope_scaling?.rope_type ??
    config.rope_scaling?.type ??
    'default';
  const variants = [
    {
      isUsed: config.hidden_act !== 'silu',
      what: sentence`its activation is '${config.hidden_act}', not 'silu'.`,
    },
    { isUsed: ropeType !== 'default', what: sentence`it scales its rotary embedding by '${ropeType}'.` },
    { isUsed: config.attention_bias, what: sentence`its attention output has a bias.` },
    { isUsed: config.mlp_bias, what: sentence`its feed-forward layers have biases.` },
    { isUsed: config.use_sliding_window, what: sentence`it uses sliding-window attention.` },
  ];
  const used = variants.find((variant) => variant.isUsed);
  if (used !== undefined) throw modelUnsupported(path, used.what);
}

/** The same config, after the checks that no single number can fail alone. */
export function checkedModelConfig(config: ModelConfig, path: string): ModelConfig {
  const { headCount, kvHeadCount, headSize } = config;
  if (headCount % kvHeadCount !== 0) {
    throw modelDamaged(path, sentence`${headCount} heads cannot share ${kvHeadCount} key-value heads.`);
  }
  if (!Number.isInteger(headSize / 2)) {
    throw modelDamaged(path, sentence`the head size ${headSize} is not an even number.`);
  }
  return config;
}

/** The `config.json` of a model, such that transformers and `parseModelConfig` read the same from it. */
export function toConfigJson(config: ModelConfig): Record<string, unknown> {
  return {
    architectures: [transformersClasses[config.family]],
    model_type: config.family,
    num_hidden_layers: config.layerCount,
    hidden_size: config.embeddingSize,
    num_attention_heads: config.headCount,
    num_key_value_heads: config.kvHeadCount,
    head_dim: config.headSize,
    intermediate_size: config.feedForwardSize,
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.maxPositions,
    rms_norm_eps: config.rmsNormEpsilon,
    rope_theta: config.ropeTheta,
    tie_word_embeddings: config.tiesEmbeddings,
    hidden_act: 'silu',
    torch_dtype: 'float32',
  } satisfies Partial<Record<keyof ConfigJson, unknown>> & Record<string, unknown>;
}

/** Every tensor of a model, from the embedding to the output head: the order of our files. */
export function modelTensors(config: ModelConfig): readonly TensorSpec[] {
  const { embeddingSize, vocabularySize } = config;
  const layers = Array.from({ length: config.layerCount }, (_, layer) => layerTensors(config, layer));
  const embedding = { name: 'model.embed_tokens.weight', shape: [vocabularySize, embeddingSize] };
  const head = { name: 'lm_head.weight', shape: [vocabularySize, embeddingSize] };
  return [
    embedding,
    ...layers.flat(),
    { name: 'model.norm.weight', shape: [embeddingSize] },
    ...(config.tiesEmbeddings ? [] : [head]),
  ];
}

function layerTensors(config: ModelConfig, layer: number): TensorSpec[] {
  const { embeddingSize, feedForwardSize } = config;
  const queries = config.headCount * config.headSize;
  const keys = config.kvHeadCount * config.headSize;
  const scope = `model.layers.${layer}`;
  const bias = (name: string, size: number): TensorSpec[] =>
    config.hasQkvBias ? [{ name: `${scope}.self_attn.${name}.bias`, shape: [size] }] : [];
  const norm = (name: string): TensorSpec[] =>
    config.hasQkNorm ? [{ name: `${scope}.self_attn.${name}.weight`, shape: [config.headSize] }] : [];
  return [
    { name: `${scope}.input_layernorm.weight`, shape: [embeddingSize] },
    { name: `${scope}.self_attn.q_proj.weight`, shape: [queries, embeddingSize] },
    ...bias('q_proj', queries),
    ...norm('q_norm'),
    { name: `${scope}.self_attn.k_proj.weight`, shape: [keys, embeddingSize] },
    ...bias('k_proj', keys),
    ...norm('k_norm'),
    { name: `${scope}.self_attn.v_proj.weight`, shape: [keys, embeddingSize] },
    ...bias('v_proj', keys),
    { name: `${scope}.self_attn.o_proj.weight`, shape: [embeddingSize, queries] },
    { name: `${scope}.post_attention_layernorm.weight`, shape: [embeddingSize] },
    { name: `${scope}.mlp.gate_proj.weight`, shape: [feedForwardSize, embeddingSize] },
    { name: `${scope}.mlp.up_proj.weight`, shape: [feedForwardSize, embeddingSize] },
    { name: `${scope}.mlp.down_proj.weight`, shape: [embeddingSize, feedForwardSize] },
  ];
}
