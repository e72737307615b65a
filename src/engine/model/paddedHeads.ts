import { reshape, slice } from '../graph/build.ts';
import type { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { RotaryTables } from './decoder.ts';

/*
 * ONNX Runtime's attention over a cache takes heads of multiples of 16. Smaller or odd ones are filled
 * up with zeros, which change no score: behind each half of a head, since rotary embedding turns the
 * halves against each other. Real models hardly ever need it, and then nothing is added.
 */

const headUnit = 16;

/** D', the size of a head in a cache: D rounded up to what attention takes. */
export function cachedHeadSize({ headSize }: Pick<ModelConfig, 'headSize'>): number {
  return Math.ceil(headSize / headUnit) * headUnit;
}

/** [B,T,heads*D] as [B,T,heads*D']. */
export function padHeads(g: GraphBuilder, config: ModelConfig, x: Value): Value {
  const [from, to] = [config.headSize / 2, cachedHeadSize(config) / 2];
  if (from === to) return x;
  const heads = (x.shape[2] as number) / (2 * from);
  const halves = reshape(g, x, [x.shape[0]!, x.shape[1]!, 2 * heads, from]);
  return reshape(g, padBehind(g, halves, 3, to - from), [x.shape[0]!, x.shape[1]!, 2 * heads * to]);
}

/** [B,T,heads*D'] back to [B,T,heads*D]. */
export function unpadHeads(g: GraphBuilder, config: ModelConfig, x: Value): Value {
  const [from, to] = [cachedHeadSize(config) / 2, config.headSize / 2];
  if (from === to) return x;
  const heads = (x.shape[2] as number) / (2 * from);
  const halves = reshape(g, x, [x.shape[0]!, x.shape[1]!, 2 * heads, from]);
  const kept = slice(g, halves, { axis: 3, start: 0, end: to });
  return reshape(g, kept, [x.shape[0]!, x.shape[1]!, 2 * heads * to]);
}

/** Tables [positions,D/2] as [positions,D'/2]. */
export function padTables(g: GraphBuilder, config: ModelConfig, { cos, sin }: RotaryTables): RotaryTables {
  const missing = (cachedHeadSize(config) - config.headSize) / 2;
  if (missing === 0) return { cos, sin };
  return { cos: padBehind(g, cos, 1, missing), sin: padBehind(g, sin, 1, missing) };
}

function padBehind(g: GraphBuilder, x: Value, axis: number, behind: number): Value {
  return g.apply('pad', [x], { axis, before: 0, behind });
}
