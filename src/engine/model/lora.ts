import { concat, gemm, multiply, reshape, slice } from '../graph/build.ts';
import { elementCount } from '../graph/dims.ts';
import type { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Value } from '../graph/ir.ts';
import { invariant } from '../invariant.ts';
import type { RandomStream } from '../random.ts';
import { modelTensors, type ModelConfig } from '../weights/modelConfig.ts';
import { frozenLinear, type FrozenWeight, type Precision } from './frozenLinear.ts';
import { layOutParameters, type ParameterLayout, type ParameterSlot } from './parameterLayout.ts';

/** The two numbers that shape a LoRA adapter. */
export interface LoraConfig {
  /** R */
  readonly rank: number;
  /** The product of the factors is scaled by alpha / rank. */
  readonly alpha: number;
}

/** Trained LoRA factors. */
export interface Adapter {
  readonly lora: LoraConfig;
  /** Laid out as `loraLayout` says. */
  readonly theta: Float32Array;
}

const projectionWeight = /_proj\.weight$/;

/**
 * The flat parameters of an adapter on every projection of the model (q, k, v, o, gate, up, down):
 * `lora_A` [R,In] and `lora_B` [Out,R] each, under PEFT's names.
 */
export function loraLayout(config: ModelConfig, { rank }: LoraConfig): ParameterLayout {
  const projections = modelTensors(config).filter(({ name }) => projectionWeight.test(name));
  return layOutParameters(
    projections.flatMap(({ name, shape }) => [
      { name: loraName(name, 'A'), shape: [rank, shape[1]!] },
      { name: loraName(name, 'B'), shape: [shape[0]!, rank] },
    ]),
  );
}

/**
 * A fresh adapter: A uniform in +-1/sqrt(In) (PEFT's Kaiming-uniform with a = sqrt(5)), B zero, so
 * that it changes no logit. Slots that are no factor (heads) stay zero.
 */
export function freshLora(layout: ParameterLayout, stream: RandomStream): Float32Array {
  const theta = new Float32Array(layout.size);
  for (const { name, shape, offset } of layout.slots) {
    if (!name.endsWith('.lora_A.weight')) continue;
    const bound = 1 / Math.sqrt(shape[1]!);
    const end = offset + shape[0]! * shape[1]!;
    for (let i = offset; i < end; i++) theta[i] = (2 * stream.nextUniform() - 1) * bound;
  }
  return theta;
}

/** Every trained tensor of a graph, cut out of the flat input `theta`. */
export interface ParameterValues {
  readonly layout: ParameterLayout;
  readonly bySlot: ReadonlyMap<string, Value>;
}

/** The tensors of a layout, as nodes behind one input [size]. */
export function parameterValues(g: GraphBuilder, layout: ParameterLayout, input = 'theta'): ParameterValues {
  const theta = g.input(input, [layout.size]);
  const bySlot = new Map(layout.slots.map((slot) => [slot.name, cutSlot(g, theta, slot)]));
  return { layout, bySlot };
}

function cutSlot(g: GraphBuilder, theta: Value, { name, shape, offset }: ParameterSlot): Value {
  const end = offset + (elementCount(shape) as number);
  const flat = slice(g, theta, { axis: 0, start: offset, end }, `${name}/slice`);
  return reshape(g, flat, shape, name);
}

/** One gradient per trained tensor, joined into the flat order of the layout: [size]. */
export function joinGradients(
  g: GraphBuilder,
  { slots }: ParameterLayout,
  gradients: readonly Value[],
): Value {
  const flat = gradients.map((gradient, i) =>
    reshape(g, gradient, [elementCount(slots[i]!.shape)], `${slots[i]!.name}/grad/flat`),
  );
  return concat(g, flat, 0, 'theta/grad');
}

/** How an adapter takes part in a forward pass. */
export interface LoraValues {
  readonly parameters: ParameterValues;
  readonly config: LoraConfig;
}

/**
 * y = x·W^T + bias + (alpha / rank) · (x·A^T)·B^T          LoRA, arXiv:2106.09685, section 4.1
 *
 *   x [N,In] ─┬─ gemm W [Out,In] (+ bias) ────────────────┬─ y [N,Out]
 *             └─ gemm A [R,In] ─ multiply scale ─ gemm B ─┘
 *
 * W is frozen. B starts at zero, so a fresh adapter changes no logit. The scale stays a node of its
 * own and is never folded into B: an adapter saved and loaded again is the same adapter, bit for bit.
 */
export function projection(
  g: GraphBuilder,
  x: Value,
  weight: FrozenWeight,
  { precision, lora }: { readonly precision: Precision; readonly lora: LoraValues | undefined },
): Value {
  const base = frozenLinear(g, x, weight, precision);
  if (lora === undefined) return base;
  const { rank, alpha } = lora.config;
  const down = gemm(g, [x, slotValue(lora, weight.name, 'A')], { transposeB: true }, 'lora/down');
  const scaled = multiply(g, down, g.scalar(alpha / rank), 'lora/scale');
  return gemm(g, [scaled, slotValue(lora, weight.name, 'B'), base], { transposeB: true }, 'lora/up');
}

function slotValue({ parameters }: LoraValues, weightName: string, factor: 'A' | 'B'): Value {
  const value = parameters.bySlot.get(loraName(weightName, factor));
  invariant(value !== undefined, `the adapter has no factor ${factor} for ${weightName}`);
  return value;
}

/** PEFT's name of a factor of the adapter on a projection. */
export function loraName(weightName: string, factor: 'A' | 'B'): string {
  return `base_model.model.${weightName.replace(/\.weight$/, '')}.lora_${factor}.weight`;
}
