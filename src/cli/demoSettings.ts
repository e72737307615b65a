import type { CompletionLimits } from '../completion/completion.ts';
import { hyperparametersSchema, type Hyperparameters } from '../trainer/hyperparameters.ts';

/** How much a demo does, so that it ends in time on two cores. */
export interface DemoSettings {
  readonly maxLines: number;
  readonly maxRequests: number;
  readonly rankEvery: number;
  readonly limits: CompletionLimits;
  readonly hyperparameters: Hyperparameters;
}

/**
 * The demo of the default model: at most 15 minutes on two cores, of which the retraining takes
 * two thirds. Prompts are half as long as in the editor: a demo shows the loop, not the last percent.
 */
const largeDemo: DemoSettings = {
  maxLines: 160,
  maxRequests: 70,
  rankEvery: 4,
  limits: { maxPromptTokens: 256, maxNewTokens: 32 },
  hyperparameters: hyperparametersSchema.parse({
    sft: { epochs: 1 },
    ppo: { iterations: 2, rolloutsPerIteration: 16, epochs: 2, minibatches: 2 },
    // So that there are enough for a verdict, whatever this repository's newest lines are.
    heldOutShare: 1 / 3,
    maxHeldOutPrompts: 40,
  }),
};

/** The same with a model a quarter of its size, in at most 8 minutes. */
const smallDemo: DemoSettings = {
  ...largeDemo,
  maxLines: 240,
  maxRequests: 100,
};

/** The size of the demo for a model whose embeddings have that many numbers. */
export function demoSettingsFor(embeddingSize: number): DemoSettings {
  return embeddingSize > 600 ? largeDemo : smallDemo;
}
