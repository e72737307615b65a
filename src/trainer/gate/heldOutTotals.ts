import type { Demonstration } from '../data/examples.ts';
import type { HeldOutAnswer, HeldOutComparison } from './heldOutEvaluation.ts';

/** One policy over all held-out prompts, as a person would count. */
export interface HeldOutTotals {
  readonly asked: number;
  readonly shown: number;
  /** Completions taken as a whole. */
  readonly accepted: number;
  readonly keptChars: number;
  readonly refusedChars: number;
  /** What the user wrote at these prompts. */
  readonly typedChars: number;
}

/** The totals of one side. */
export function heldOutTotals(
  comparisons: readonly (Pick<HeldOutComparison, 'before' | 'after'> & {
    readonly demonstration: Pick<Demonstration, 'text'>;
  })[],
  side: 'before' | 'after',
): HeldOutTotals {
  const answers = comparisons.map((comparison) => comparison[side]);
  const sum = (valueOf: (answer: HeldOutAnswer) => number): number =>
    answers.reduce((total, answer) => total + valueOf(answer), 0);
  return {
    asked: answers.length,
    shown: sum(({ text }) => Number(text !== '')),
    accepted: sum(({ isAccepted }) => Number(isAccepted)),
    keptChars: sum(({ keptChars }) => keptChars),
    refusedChars: sum(({ refusedChars }) => refusedChars),
    typedChars: comparisons.reduce((total, { demonstration }) => total + demonstration.text.length, 0),
  };
}
