import type { TokenSequence } from '../../src/trainer/graphs/sequenceBatch.ts';

/**
 * A sequence with the same log-probabilities whose gradient goes through its prompt as well: all but the prompt's
 * first token stand in the completion, where they are given.
 */
export function throughPrompt<S extends TokenSequence>(sequence: S): S {
  const [start, ...rest] = sequence.promptTokens;
  return {
    ...sequence,
    promptTokens: [start!],
    completionTokens: [...rest, ...sequence.completionTokens],
    freeFrom: rest.length + sequence.freeFrom,
  };
}
