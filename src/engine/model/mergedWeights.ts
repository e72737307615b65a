import { invariant } from '../invariant.ts';
import {
  ensureInt8Weights,
  openInt8Weights,
  type ChangeRows,
  type Int8Source,
  type Int8Weights,
} from '../weights/int8Weights.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { OnModelProgress } from '../weights/progress.ts';
import type { ConvertOptions } from '../weights/writeModelFolder.ts';
import { loraLayout, loraName, type Adapter } from './lora.ts';
import type { ParameterSlot } from './parameterLayout.ts';

/**
 * The int8 weights of a base model with an adapter merged into them, kept in `folder`; made there
 * from the full-precision weights when they are not there yet, which takes seconds.
 *
 *   W + (alpha / rank) · B·A          LoRA, arXiv:2106.09685, section 4.1
 *
 * A merged adapter costs no completion any time.
 */
export async function ensureMergedWeights(
  folder: string,
  base: Omit<Int8Source, 'changeOf'>,
  adapter: Adapter,
  options: ConvertOptions,
): Promise<Int8Weights> {
  const onProgress: OnModelProgress = (progress) => options.onProgress({ ...progress, phase: 'merge' });
  const source = { ...base, changeOf: mergeOf(base.config, adapter) };
  await ensureInt8Weights(folder, source, { ...options, onProgress });
  const merged = await openInt8Weights(folder, base);
  invariant(merged !== undefined, `no merged weights in ${folder}`);
  return merged;
}

/** What merging does to the rows of each projection. */
export function mergeOf(
  config: ModelConfig,
  { lora, theta }: Adapter,
): (name: string) => ChangeRows | undefined {
  const slots = new Map(loraLayout(config, lora).slots.map((slot) => [slot.name, slot]));
  const factor = (slot: ParameterSlot): Float32Array =>
    theta.subarray(slot.offset, slot.offset + slot.shape[0]! * slot.shape[1]!);
  return (name) => {
    const [a, b] = [slots.get(loraName(name, 'A')), slots.get(loraName(name, 'B'))];
    if (a === undefined || b === undefined) return undefined;
    const scaledB = factor(b).map((value) => (value * lora.alpha) / lora.rank);
    return addProduct(factor(a), scaledB, a.shape[1]!);
  };
}

/** rows += B[those rows]·A for A [R,In], B [Out,R] */
function addProduct(a: Float32Array, b: Float32Array, inner: number): ChangeRows {
  const rank = a.length / inner;
  return (rows, firstRow) => {
    for (let start = 0, row = firstRow; start < rows.length; start += inner, row++) {
      for (let r = 0; r < rank; r++) {
        const share = b[row * rank + r]!;
        for (let i = 0; i < inner; i++) rows[start + i]! += share * a[r * inner + i]!;
      }
    }
  };
}
