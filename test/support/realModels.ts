import { readFileSync } from 'node:fs';
import { ensureModelFolder } from '../../src/engine/catalogue/ensureModelFolder.ts';
import { openModelFolder, type ModelFolder } from '../../src/engine/weights/modelFolder.ts';

/** The two real models that golden values exist for, by their catalogue ids. */
export const realModels = ['smollm2-135m', 'qwen2.5-coder-0.5b'] as const;

export type RealModel = (typeof realModels)[number];

/** The model from the user's cache, fetched and converted first where it is not there yet. */
export async function openRealModel(id: RealModel): Promise<ModelFolder> {
  const signal = new AbortController().signal;
  return openModelFolder(await ensureModelFolder(id, { signal, onProgress: () => undefined }));
}

/** One prompt of `model-*.json` and what transformers does with it. */
export interface GoldenPrompt {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly greedy: readonly number[];
  readonly logits: Float32Array;
  readonly logProbs: Float32Array;
  readonly logProbsAt07: Float32Array;
}

/** Golden values made by `test/golden/make_model_golden.py`. */
export interface ModelGolden {
  readonly lora: { readonly rank: number; readonly alpha: number };
  readonly logitStride: number;
  readonly gradientStride: number;
  readonly prompts: readonly GoldenPrompt[];
  readonly gradient: {
    readonly loss: number;
    readonly names: readonly string[];
    readonly norms: Float32Array;
    readonly sample: Float32Array;
  };
}

/** The golden values of a model, with its packed lists of floats unpacked. */
export function readModelGolden(id: RealModel): ModelGolden {
  const path = new URL(`../golden/model-${id}.json`, import.meta.url);
  const packed = new Set(['logits', 'logProbs', 'logProbsAt07', 'norms', 'sample']);
  return JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    packed.has(key) && typeof value === 'string' ? unpackFloats(value) : value,
  ) as ModelGolden;
}

function unpackFloats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}
