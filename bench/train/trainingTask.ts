import { readFileSync } from 'node:fs';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { defaultHyperparameters, type Hyperparameters } from '../../src/trainer/hyperparameters.ts';

/** What both workers train on, and how: one sequence, the same step again and again. */
export interface TrainingTask {
  /** A model folder in Hugging Face's layout with float32 weights. */
  readonly modelFolder: string;
  readonly promptTokens: readonly number[];
  /** The only tokens that the loss looks at. */
  readonly completionTokens: readonly number[];
  /** How far our gradient goes; PyTorch's goes through the whole, as TRL's does. */
  readonly gradient: Gradient;
  readonly threads: number;
  readonly lora: Hyperparameters['lora'];
  readonly adam: Hyperparameters['adam'];
  readonly learningRate: number;
}

/** Through the completion alone, as a retraining takes it, or through the prompt as well. */
export type Gradient = 'completion' | 'whole';

/** What a step is measured of. */
export interface Shape {
  /** Prompt and completion: a multiple of 64, so that no side pads. */
  readonly tokens: number;
  readonly gradient: Gradient;
}

/** A short and a usual prompt as they are trained, and the usual one with the same work on both sides. */
export const shapes: readonly Shape[] = [
  { tokens: 256, gradient: 'completion' },
  { tokens: 320, gradient: 'completion' },
  { tokens: 320, gradient: 'whole' },
];

/** About two lines of code, as completions are. */
const completionTokenCount = 32;

/** Real code, long enough for the longest sequence. */
const code = readFileSync(new URL('../../src/completion/trimming/findEnd.ts', import.meta.url), 'utf8');

/** The task of training one sequence with the defaults of a retraining. */
export function trainingTask(
  modelFolder: string,
  tokenizer: Tokenizer,
  { tokens: tokenCount, gradient, threads }: Shape & { readonly threads: number },
): TrainingTask {
  const tokens = tokenizer.encode(code).slice(0, tokenCount);
  const { lora, adam, sft } = defaultHyperparameters;
  return {
    modelFolder,
    promptTokens: tokens.slice(0, -completionTokenCount),
    completionTokens: tokens.slice(-completionTokenCount),
    gradient,
    threads,
    lora,
    adam,
    learningRate: sft.learningRate,
  };
}
