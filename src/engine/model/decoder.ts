import {
  add,
  gatherRows,
  logSumExp,
  multiply,
  reshape,
  subtract,
  sum,
  swiGlu,
  transpose,
} from '../graph/build.ts';
import { multiplyDims, type Dim } from '../graph/dims.ts';
import type { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Value } from '../graph/ir.ts';
import { headName } from '../weights/splitHead.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { frozenLinear, type Precision } from './frozenLinear.ts';
import { projection, type LoraValues } from './lora.ts';

/** Queries [B,H,T,D], divided by sqrt(D), keys and values [B,K,T,D] of one layer, rotated to their positions. */
export interface Heads {
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
}

const embeddingName = 'model.embed_tokens.weight';

/** How the tokens of one layer look at each other: gives [B,H,T,D]. Training and serving differ here alone. */
export type Attend = (layer: number, heads: Heads) => Value;

/** The same from the projections of a layer as they come, [N,H*D] and [N,K*D], for operations that split and rotate by themselves: gives [N,H*D]. */
export type AttendRows = (layer: number, rows: Heads, rotary: RotaryTables) => Value;

/** Cosines and sines [maxPositions, D/2]. */
export interface RotaryTables {
  readonly cos: Value;
  readonly sin: Value;
}

/** Everything a forward pass is built from; `positions` are [B,T] int64. */
export type DecoderInputs = DecoderParts &
  ({ readonly positions: Value; readonly attend: Attend } | { readonly attendRows: AttendRows });

interface DecoderParts {
  readonly config: ModelConfig;
  /** [B,T] int32 */
  readonly tokens: Value;
  /** Positions below it can be rotated; sizes the tables. */
  readonly maxPositions: number;
  readonly precision: Precision;
  /** Absent for the bare base model. */
  readonly lora: LoraValues | undefined;
  /** [M] int32: the rows of [B*T] that are wanted; absent for all. */
  readonly wantedRows?: Value;
}

type Context = {
  readonly g: GraphBuilder;
  readonly batch: Dim;
  readonly tokenCount: Dim;
  /** B*T */
  readonly rows: Dim;
  readonly keyTables: RotaryTables;
} & (RotatingInputs | Extract<DecoderInputs, { readonly attendRows: AttendRows }>);

/** Where queries are rotated here, not by the attention itself. */
type RotatingInputs = Extract<DecoderInputs, { readonly attend: Attend }> & {
  readonly queryTables: RotaryTables;
};

/**
 * The last hidden states [M,E] of the wanted rows of a llama, qwen2 or qwen3 decoder, after the final norm.
 *
 *   tokens ─ embedding ─ layer 0 ─ ... ─ layer L-1 ─ rmsNorm
 *   layer: x ─┬─ rmsNorm ─ attention ───┬─ add ─┬─ rmsNorm ─ feedForward ─┬─ add
 *             └─────────────────────────┘       └─────────────────────────┘
 *
 * In the last layer only wanted rows go on behind the attention: nothing looks at the others.
 *
 * Llama: arXiv:2302.13971, section 2.2; Qwen2 adds biases to q, k and v: arXiv:2407.10671, section 2.2;
 * Qwen3 has norms of the queries' and keys' heads in their place: arXiv:2505.09388, section 2.
 */
export function decoderHidden(g: GraphBuilder, inputs: DecoderInputs): Value {
  const { config, tokens } = inputs;
  const [batch, tokenCount] = tokens.shape as [Dim, Dim];
  const rows = multiplyDims(batch, tokenCount);
  const rotating = 'attendRows' in inputs ? inputs : { ...inputs, queryTables: scaledTables(g, inputs) };
  const keyTables = rotaryTables(g, inputs, { name: 'rotary/keys', size: 1 });
  const context: Context = { ...rotating, g, batch, tokenCount, rows, keyTables };
  const flat = reshape(g, tokens, [rows], 'tokens/flat');
  let hidden = gatherRows(g, embeddingWeight(g, config), flat, 'embedding');
  for (let layer = 0; layer < config.layerCount; layer++) {
    hidden = g.scope(`layers.${layer}`, () => decoderLayer(context, layer, hidden));
  }
  return rmsNorm(context, hidden, 'model.norm.weight');
}

/** Logits [M,V] of hidden states [M,E]. */
export function outputLogits(
  g: GraphBuilder,
  config: ModelConfig,
  hidden: Value,
  precision: Precision,
): Value {
  // A rounded head is stored under its own name, also where the float32 one is the embedding.
  const name = precision === 'float32' ? headWeightName(config) : headName;
  return partOfLogits(g, hidden, { name, tokenCount: config.vocabularySize }, precision);
}

/** Logits [M,tokenCount] of the tokens that a part of the head is for. */
export function partOfLogits(
  g: GraphBuilder,
  hidden: Value,
  { name, tokenCount }: { readonly name: string; readonly tokenCount: number },
  precision: Precision,
): Value {
  const shape = [tokenCount, hidden.shape[1] as number] as const;
  return g.scope('head', () => frozenLinear(g, hidden, { name, shape }, precision));
}

/**
 * Log-probabilities [M] of `targets` [M] under softmax(logits / temperature).
 *
 *   logProb = hidden · head[target] / temperature - logSumExp(logits / temperature)
 *
 * The target's own logit is taken as a dot product with its row of the head, so that the backward
 * pass needs no one-hot matrix over the vocabulary.
 */
export function tokenLogProbs(
  g: GraphBuilder,
  config: ModelConfig,
  { hidden, targets, inverseTemperature }: { hidden: Value; targets: Value; inverseTemperature: Value },
): Value {
  return g.scope('logProbs', () => {
    const logits = multiply(
      g,
      outputLogits(g, config, hidden, 'float32'),
      inverseTemperature,
      'scaledLogits',
    );
    const targetRows = gatherRows(g, headWeight(g, config), targets, 'targetRows');
    const targetLogits = multiply(g, sum(g, multiply(g, hidden, targetRows), [1]), inverseTemperature);
    return reshape(g, subtract(g, targetLogits, logSumExp(g, logits)), targets.shape);
  });
}

function decoderLayer(context: Context, layer: number, x: Value): Value {
  const { g } = context;
  const goingOn = rowsGoingOn(context, layer);
  const scope = `model.layers.${layer}`;
  const attended = g.scope('attn', () =>
    attention(context, layer, rmsNorm(context, x, `${scope}.input_layernorm.weight`), goingOn),
  );
  const afterAttention = add(g, goingOn(x), attended, 'attn/residual');
  const fed = g.scope('mlp', () =>
    feedForward(context, layer, rmsNorm(context, afterAttention, `${scope}.post_attention_layernorm.weight`)),
  );
  return add(g, afterAttention, fed, 'mlp/residual');
}

/**
 *   x [N,E] ─┬─ q_proj ─ (norm) ─ split heads [B,H,T,D] ─ rotary ─┐
 *            ├─ k_proj ─ (norm) ─ split heads [B,K,T,D] ─ rotary ─┼─ attend ─ join heads [N,H*D] ─ o_proj
 *            └─ v_proj ────────── split heads [B,K,T,D] ──────────┘
 */
function attention(context: Context, layer: number, x: Value, goingOn: (x: Value) => Value): Value {
  const { g, config } = context;
  const { embeddingSize, headCount, kvHeadCount, headSize } = config;
  const project = (name: string, count: number): Value =>
    g.scope(name, () => {
      const biasName = `model.layers.${layer}.self_attn.${name}.bias`;
      const weight = {
        name: `model.layers.${layer}.self_attn.${name}.weight`,
        shape: [count * headSize, embeddingSize] as const,
        ...(config.hasQkvBias ? { bias: biasName } : {}),
      };
      return projection(g, x, weight, context);
    });
  const rows = {
    queries: normedHeads(
      context,
      project('q_proj', headCount),
      `model.layers.${layer}.self_attn.q_norm.weight`,
    ),
    keys: normedHeads(
      context,
      project('k_proj', kvHeadCount),
      `model.layers.${layer}.self_attn.k_norm.weight`,
    ),
    values: project('v_proj', kvHeadCount),
  };
  const attended =
    'attendRows' in context
      ? context.attendRows(layer, rows, context.keyTables)
      : joinHeads(context, context.attend(layer, rotatedHeads(context, context, rows)));
  const weight = {
    name: `model.layers.${layer}.self_attn.o_proj.weight`,
    shape: [embeddingSize, headCount * headSize] as const,
  };
  return g.scope('o_proj', () => projection(g, goingOn(attended), weight, context));
}

/** rmsNorm of each head of x [N,heads*D], where the family has it; else x itself. */
function normedHeads({ g, config }: Context, x: Value, weightName: string): Value {
  if (!config.hasQkNorm) return x;
  const { headSize, rmsNormEpsilon: epsilon } = config;
  const [rows, width] = x.shape as [Dim, number];
  const heads = reshape(g, x, [multiplyDims(rows, width / headSize), headSize]);
  const normed = g.apply('rmsNorm', [heads, g.weight(weightName, [headSize])], { epsilon });
  return reshape(g, normed, x.shape);
}

function rotatedHeads(
  context: Context,
  { positions, queryTables }: RotatingInputs,
  { queries, keys, values }: Heads,
): Heads {
  const { g, config, keyTables } = context;
  const rotate = (x: Value, { cos, sin }: RotaryTables): Value =>
    g.apply('rotary', [x, positions, cos, sin], {});
  return {
    queries: rotate(splitHeads(context, queries, config.headCount), queryTables),
    keys: rotate(splitHeads(context, keys, config.kvHeadCount), keyTables),
    values: splitHeads(context, values, config.kvHeadCount),
  };
}

/** down(silu(gate(x)) * up(x))          SwiGLU, arXiv:2002.05202, section 2 */
function feedForward(context: Context, layer: number, x: Value): Value {
  const { g, config } = context;
  const { embeddingSize, feedForwardSize } = config;
  const project = (name: string, input: Value, shape: readonly [number, number]): Value =>
    g.scope(name, () =>
      projection(g, input, { name: `model.layers.${layer}.mlp.${name}.weight`, shape }, context),
    );
  const gate = project('gate_proj', x, [feedForwardSize, embeddingSize]);
  const up = project('up_proj', x, [feedForwardSize, embeddingSize]);
  return project('down_proj', swiGlu(g, gate, up), [embeddingSize, feedForwardSize]);
}

/** Which rows of x a layer needs behind its attention: all, in the last layer the wanted ones. */
function rowsGoingOn({ g, config, wantedRows }: Context, layer: number): (x: Value) => Value {
  if (wantedRows === undefined || layer < config.layerCount - 1) return (x) => x;
  return (x) => gatherRows(g, x, wantedRows, 'wantedRows');
}

/** [N,heads*D] to [B,heads,T,D] */
function splitHeads({ g, batch, tokenCount, config }: Context, x: Value, heads: number): Value {
  const split = reshape(g, x, [batch, tokenCount, heads, config.headSize]);
  return transpose(g, split, [0, 2, 1, 3]);
}

/** [B,H,T,D] to [N,H*D] */
function joinHeads({ g, rows, config }: Context, x: Value): Value {
  return reshape(g, transpose(g, x, [0, 2, 1, 3]), [rows, config.headCount * config.headSize]);
}

function rmsNorm({ g, config }: Context, x: Value, weightName: string): Value {
  const weight = g.weight(weightName, [config.embeddingSize]);
  return g.apply('rmsNorm', [x, weight], { epsilon: config.rmsNormEpsilon });
}

function embeddingWeight(g: GraphBuilder, config: ModelConfig): Value {
  return g.weight(embeddingName, [config.vocabularySize, config.embeddingSize]);
}

function headWeight(g: GraphBuilder, config: ModelConfig): Value {
  return g.weight(headWeightName(config), [config.vocabularySize, config.embeddingSize]);
}

function headWeightName(config: ModelConfig): string {
  return config.tiesEmbeddings ? embeddingName : headName;
}

/** Scaling the scores costs nothing where the queries are rotated anyway. */
function scaledTables(g: GraphBuilder, inputs: DecoderInputs): RotaryTables {
  return rotaryTables(g, inputs, { name: 'rotary/queries', size: 1 / Math.sqrt(inputs.config.headSize) });
}

/** Cosines and sines [maxPositions, D/2] of position * theta^(-2i / D), times `size`. */
function rotaryTables(
  g: GraphBuilder,
  { config, maxPositions }: DecoderInputs,
  { name, size }: { readonly name: string; readonly size: number },
): RotaryTables {
  const half = config.headSize / 2;
  const frequencies = Array.from({ length: half }, (_, i) => config.ropeTheta ** (-i / half));
  const table = (part: string, f: (angle: number) => number): Value => {
    const values = new Float32Array(maxPositions * half);
    // A million angles of a long context: a callback for each takes six times as long.
    for (let position = 0, index = 0; position < maxPositions; position++)
      for (const frequency of frequencies) values[index++] = size * f(position * frequency);
    return g.constant(`${name}/${part}`, [maxPositions, half], values);
  };
  return { cos: table('cos', Math.cos), sin: table('sin', Math.sin) };
}
