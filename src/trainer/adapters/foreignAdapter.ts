import { freshLora, loraLayout, loraName, type Adapter, type LoraConfig } from '../../engine/model/lora.ts';
import type { ParameterLayout } from '../../engine/model/parameterLayout.ts';
import type { RandomStream } from '../../engine/random.ts';
import { modelTensors, type ModelConfig } from '../../engine/weights/modelConfig.ts';
import { sentence } from '../../sentences/sentence.ts';
import { adapterBaseUnsure, adapterForeign, type TrainerError } from '../errors.ts';
import type { StageReport } from './manifest.ts';

/** The two factors on one projection, as somebody else trained them. */
export interface LowRank {
  /** [R,In] */
  readonly a: Matrix;
  /** [Out,R] */
  readonly b: Matrix;
  /** What the product b·a is multiplied by. */
  readonly scale: number;
}

/** A float32 matrix, row after row. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What an adapter's files say of the model it was trained on. */
export interface NamedBase {
  /** Absent where the files name none. */
  readonly name?: string | undefined;
  /** `weightsFingerprint` of it; absent in adapters that Attune did not write. */
  readonly sha256?: string | undefined;
}

/** An adapter from outside, read but not yet fitted to a model. */
export interface ForeignAdapter {
  readonly path: string;
  readonly format: 'peft' | 'gguf';
  readonly base: NamedBase;
  /** How it was trained; none where that is not known. */
  readonly stages: readonly StageReport[];
  /** By the weight's name, for example `model.layers.0.self_attn.q_proj.weight`. */
  readonly factors: ReadonlyMap<string, LowRank>;
  /** Absent where none came with it. */
  readonly reward?: ForeignReward;
}

/** The reward model that came with an adapter: one of its own, with a head that gives one number. */
export interface ForeignReward extends Pick<ForeignAdapter, 'path' | 'base' | 'factors'> {
  /** [1,E] */
  readonly head: Matrix;
}

/**
 * The same function as an adapter of ours on that model, to be served and trained further.
 *
 * All its factors get one rank, the preferred one or the largest there is, and one scale; what a factor was
 * scaled by besides goes into its B. Ranks that are filled up, and projections it has no factors for, begin
 * as a fresh adapter does: A random, B zero, so they change nothing but can still be trained.
 *
 * @throws TrainerError 'adapterForeign' where its shapes are not those of the model.
 */
export function fitForeign(
  { path, factors }: Pick<ForeignAdapter, 'path' | 'factors'>,
  config: ModelConfig,
  { preferred, random }: { readonly preferred: LoraConfig; readonly random: RandomStream },
): Adapter {
  requireProjections(path, factors, config);
  const rank = Math.max(preferred.rank, ...[...factors.values()].map(({ a }) => a.shape[0]!));
  const lora = { rank, alpha: (preferred.alpha * rank) / preferred.rank };
  const layout = loraLayout(config, lora);
  const theta = freshLora(layout, random);
  const slotAt = offsetsOf(layout);
  for (const [name, factor] of factors) {
    theta.set(factor.a.data, slotAt(loraName(name, 'A')));
    setColumns(theta, slotAt(loraName(name, 'B')), factor, lora);
  }
  return { lora, theta };
}

function offsetsOf({ slots }: ParameterLayout): (name: string) => number {
  const offsets = new Map(slots.map(({ name, offset }) => [name, offset]));
  return (name) => offsets.get(name)!;
}

/** B [Out,r] into the first r columns of [Out,R]. */
function setColumns(theta: Float32Array, offset: number, { b, scale }: LowRank, lora: LoraConfig): void {
  const rank = b.shape[1]!;
  const share = scale / (lora.alpha / lora.rank);
  b.data.forEach((value, i) => {
    theta[offset + Math.floor(i / rank) * lora.rank + (i % rank)] = value * share;
  });
}

function requireProjections(path: string, factors: ForeignAdapter['factors'], config: ModelConfig): void {
  if (factors.size === 0) throw adapterForeign(path, sentence`it has no LoRA factors`);
  const shapes = new Map(modelTensors(config).map(({ name, shape }) => [name, shape]));
  for (const [name, { a, b }] of factors) {
    const shape = shapes.get(name);
    if (shape === undefined) throw adapterForeign(path, sentence`the model has no ${name}, which it changes`);
    if (!name.endsWith('_proj.weight'))
      throw adapterForeign(
        path,
        sentence`it changes ${name}; only the projections of a layer can be changed`,
      );
    const found = [b.shape[0], a.shape[1]];
    if (found.join() !== shape.join() || a.shape[0] !== b.shape[1]) {
      const what = sentence`it changes ${name} as [${found.join(', ')}] (rank ${a.shape[0]!} and ${b.shape[1]!}), but the model has [${shape.join(', ')}]`;
      throw adapterForeign(path, what);
    }
    if (![a, b].every(({ data }) => data.every(Number.isFinite)))
      throw adapterForeign(path, sentence`${name} has a value that is no number`);
  }
}

/** The error for an adapter that changes a weight by half of a product. */
export function loneFactor(path: string, name: string): TrainerError {
  return adapterForeign(path, sentence`${name} has only one of two factors`);
}

/** What `requireBase` compares with. */
export interface ChosenBase {
  /** The catalogue's id of the model, or its path. */
  readonly id: string;
  readonly sha256: string;
  /** Other names of the same weights. */
  readonly aliases: readonly string[];
}

/**
 * Makes sure that an adapter belongs to the chosen model: by the hash of the weights where it names one,
 * else by the model's name. Throws TrainerError 'adapterForeign', or 'adapterBaseUnsure' where it is only a name, with both names.
 *
 * @param trusted the user says that it belongs to it: a name is not compared, a hash is.
 */
export function requireBase(
  { path, base }: Pick<ForeignAdapter, 'path' | 'base'>,
  chosen: ChosenBase,
  trusted: boolean,
): void {
  const { name, sha256 } = base;
  if (sha256 !== undefined) {
    if (sha256 === chosen.sha256) return;
    const theirs = sentence`${name ?? sentence`a model`} (weights ${sha256.slice(0, 12)})`;
    throw adapterForeign(
      path,
      sentence`it was trained on ${theirs}, and the model is ${chosen.id} (weights ${chosen.sha256.slice(0, 12)})`,
    );
  }
  if (trusted || (name !== undefined && isNameOf(name, chosen))) return;
  const problem =
    name === undefined
      ? sentence`it does not say which model, and the model is ${chosen.id}`
      : sentence`it says that it was trained on ${name}, and the model is ${chosen.id}`;
  throw adapterBaseUnsure(path, problem);
}

function isNameOf(name: string, { id, aliases }: ChosenBase): boolean {
  return [id, ...aliases].some((known) => known.toLowerCase() === name.toLowerCase());
}
