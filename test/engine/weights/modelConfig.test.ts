import { describe, expect, it } from 'vitest';
import {
  modelTensors,
  parseModelConfig,
  toConfigJson,
  type ModelConfig,
} from '../../../src/engine/weights/modelConfig.ts';
import { EngineError } from '../../../src/engine/errors.ts';

const llamaJson = {
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 48,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  intermediate_size: 96,
  vocab_size: 100,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  tie_word_embeddings: true,
};

const llama: ModelConfig = {
  family: 'llama',
  layerCount: 2,
  embeddingSize: 48,
  headCount: 6,
  kvHeadCount: 3,
  headSize: 8,
  feedForwardSize: 96,
  vocabularySize: 100,
  ropeTheta: 100_000,
  rmsNormEpsilon: 1e-5,
  tiesEmbeddings: true,
  hasQkvBias: false,
  hasQkNorm: false,
  maxPositions: 256,
};

function failureOf(json: unknown): EngineError {
  try {
    parseModelConfig(json, 'folder/config.json');
  } catch (error) {
    if (EngineError.is(error)) return error;
    throw error;
  }
  throw new Error('no failure');
}

describe('parseModelConfig', () => {
  it.each([
    { what: "a llama model's build", change: {}, expected: {} },
    {
      what: 'biases of qwen2',
      change: { model_type: 'qwen2' },
      expected: { family: 'qwen2', hasQkvBias: true },
    },
    {
      what: 'norms of queries and keys of qwen3',
      change: { model_type: 'qwen3', head_dim: 16 },
      expected: { family: 'qwen3', hasQkNorm: true, headSize: 16 },
    },
    { what: 'a head size of its own', change: { head_dim: 16 }, expected: { headSize: 16 } },
    {
      what: 'as many key-value heads as heads',
      change: { num_key_value_heads: undefined },
      expected: { kvHeadCount: 6 },
    },
    {
      what: 'an untied head by default',
      change: { tie_word_embeddings: undefined },
      expected: { tiesEmbeddings: false },
    },
    { what: 'the default theta', change: { rope_theta: undefined }, expected: { ropeTheta: 10_000 } },
    {
      what: 'the theta of newer files',
      change: { rope_theta: undefined, rope_parameters: { rope_theta: 5, rope_type: 'default' } },
      expected: { ropeTheta: 5 },
    },
    { what: 'null where nothing is scaled', change: { rope_scaling: null }, expected: {} },
  ])('reads $what', ({ change, expected }) => {
    expect(parseModelConfig({ ...llamaJson, ...change }, 'config.json')).toEqual({ ...llama, ...expected });
  });

  it('reads what toConfigJson writes', () => {
    const qwen2 = { ...llama, family: 'qwen2', hasQkvBias: true, headSize: 10 } as const;
    const configs = [llama, qwen2, { ...llama, family: 'qwen3', hasQkNorm: true } as const];
    for (const config of configs)
      expect(parseModelConfig(toConfigJson(config), 'config.json')).toEqual(config);
  });

  it.each([
    { what: 'no object', json: [], says: 'expected object' },
    { what: 'a missing number', json: { ...llamaJson, hidden_size: undefined }, says: 'hidden_size' },
    { what: 'a number that is a text', json: { ...llamaJson, vocab_size: '100' }, says: 'vocab_size' },
    {
      what: 'more layers than have room in memory',
      json: { ...llamaJson, num_hidden_layers: 2 ** 31 },
      says: 'at num_hidden_layers',
    },
    { what: 'an odd head size', json: { ...llamaJson, head_dim: 7 }, says: 'head size 7' },
    {
      what: 'heads that cannot share',
      json: { ...llamaJson, num_key_value_heads: 4 },
      says: '6 heads cannot share 4',
    },
  ])('calls $what damaged', ({ json, says }) => {
    const { reason, message } = failureOf(json);
    expect(reason).toBe('modelDamaged');
    expect(message).toContain('folder/config.json');
    expect(message).toContain(says);
  });

  it.each([
    { what: 'another architecture', change: { model_type: 'gemma' }, says: "'gemma'" },
    { what: 'another activation', change: { hidden_act: 'gelu' }, says: "'gelu'" },
    { what: 'scaled rotary embeddings', change: { rope_scaling: { rope_type: 'llama3' } }, says: "'llama3'" },
    { what: 'the older spelling of that', change: { rope_scaling: { type: 'linear' } }, says: "'linear'" },
    { what: 'attention biases', change: { attention_bias: true }, says: 'bias' },
    { what: 'feed-forward biases', change: { mlp_bias: true }, says: 'biases' },
    { what: 'sliding windows', change: { use_sliding_window: true }, says: 'sliding-window' },
  ])('calls $what unsupported', ({ change, says }) => {
    const { reason, message } = failureOf({ ...llamaJson, ...change });
    expect(reason).toBe('modelUnsupported');
    expect(message).toContain(says);
  });
});

describe('modelTensors', () => {
  it('lists every tensor of a layer in model order', () => {
    const names = modelTensors({ ...llama, layerCount: 1, hasQkvBias: true, tiesEmbeddings: false });
    expect(
      names.map(({ name, shape }) => `${name.replace('model.layers.0.', '')} ${shape.join('x')}`),
    ).toEqual([
      'model.embed_tokens.weight 100x48',
      'input_layernorm.weight 48',
      'self_attn.q_proj.weight 48x48',
      'self_attn.q_proj.bias 48',
      'self_attn.k_proj.weight 24x48',
      'self_attn.k_proj.bias 24',
      'self_attn.v_proj.weight 24x48',
      'self_attn.v_proj.bias 24',
      'self_attn.o_proj.weight 48x48',
      'post_attention_layernorm.weight 48',
      'mlp.gate_proj.weight 96x48',
      'mlp.up_proj.weight 96x48',
      'mlp.down_proj.weight 48x96',
      'model.norm.weight 48',
      'lm_head.weight 100x48',
    ]);
  });
});
