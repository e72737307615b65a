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
  readonly threads: number;
  readonly lora: Hyperparameters['lora'];
  readonly adam: Hyperparameters['adam'];
  readonly learningRate: number;
}

/** A short and a usual prompt, in tokens with the completion: multiples of 64, so that no side pads. */
export const sequenceLengths = [256, 320] as const;

/** About two lines of code, as completions are. */
const completionTokenCount = 32;

/** Real code, long enough for the longest sequence. */
const code = readFileSync(new URL('../../src/completion/findEnd.ts', import.meta.url), 'utf8');

/** The task of training one sequence of `tokenCount` tokens with the defaults of a retraining. */
export function trainingTask(
  modelFolder: string,
  tokenizer: Tokenizer,
  { tokenCount, threads }: { readonly tokenCount: number; readonly threads: number },
): TrainingTask {
  const tokens = tokenizer.encode(code).slice(0, tokenCount);
  const { lora, adam, sft } = defaultHyperparameters;
  return {
    modelFolder,
    promptTokens: tokens.slice(0, -completionTokenCount),
    completionTokens: tokens.slice(-completionTokenCount),
    threads,
    lora,
    adam,
    learningRate: sft.learningRate,
  };
}
