import type { RetrainProgress } from '../trainer/retrainRun.ts';
import type { Progress } from './progressBar.ts';
import type { Terminal } from './terminal.ts';
import { leftText } from './timeLeft.ts';

/** Shows how far a retraining is. */
export interface StageProgress {
  readonly update: (progress: RetrainProgress) => void;
  /** Ends what is shown, whether or not the retraining came to its end. */
  readonly finish: () => void;
}

/** As many of a stage's numbers as fit beside a bar. */
const shownNumbers = 2;

/** One bar after the other, one for each stage. */
export function showStages({ showProgress }: Pick<Terminal, 'showProgress'>): StageProgress {
  let current: { readonly stage: string; readonly bar: Progress } | undefined;
  const barOf = (stage: string): Progress => {
    if (current?.stage !== stage) {
      current?.bar.finish();
      current = { stage, bar: showProgress(stage) };
    }
    return current.bar;
  };
  return {
    update: ({ stage, step, totalSteps, seconds, numbers }) => {
      const newest = Object.entries(numbers).slice(0, shownNumbers);
      const notes = newest.map(([name, value]) => `${name} ${value.toFixed(3)}`);
      // Within the first step nothing is known of the pace.
      if (step >= 1) notes.push(leftText(seconds * 1000, Math.floor(step), totalSteps));
      barOf(stage).update(Math.floor(step), totalSteps, notes.join(', '));
    },
    finish: () => current?.bar.finish(),
  };
}
