import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClusterJobState } from '../process/cluster/clusterClients.ts';
import type { RetrainHooks, RetrainProgress } from '../trainer/retrainRun.ts';
import { machineClocks } from '../trainer/workClock.ts';
import type { Progress } from './progressBar.ts';
import type { Terminal } from './terminal.ts';
import { secondsAtPace, secondsText } from './timeLeft.ts';

/** Shows how far a retraining is. */
export interface StageProgress {
  readonly update: (progress: RetrainProgress) => void;
  /** Ends what is shown, whether or not the retraining came to its end. */
  readonly finish: () => void;
}

/** As many of a stage's numbers as fit beside a bar. */
const shownNumbers = 2;

/** What a retraining comes to in a terminal: Ctrl+C ends it, and bars show how far it is. */
export async function showingStages<T>(
  terminal: Pick<Terminal, 'showProgress' | 'signal'>,
  retraining: (hooks: RetrainHooks) => Promise<T>,
): Promise<T> {
  const { update, finish } = showStages(terminal);
  // Lets Ctrl+C in: training hardly ever waits for anything.
  const waitForTurn = (): Promise<void> => nextTurn();
  try {
    return await retraining({ signal: terminal.signal, onProgress: update, waitForTurn, ...machineClocks });
  } finally {
    finish();
  }
}

/** One bar after the other, one for each stage. */
export function showStages(terminal: Pick<Terminal, 'showProgress'>): StageProgress {
  const { barOf, finish } = stageBars(terminal);
  return {
    update: (progress) => {
      const { stage, step, totalSteps, numbers } = progress;
      const left = leftSeconds(progress);
      const notes = [...notesOf(numbers), ...(left === Infinity ? [] : [secondsText(left)])];
      barOf(stage).update(Math.floor(step), totalSteps, notes.join(', '));
    },
    finish,
  };
}

/** What a stage takes at its pace, and no more than the run has; tests have to ask the fewest prompts that can decide in any case. */
function leftSeconds({ stage, step, totalSteps, seconds, secondsLeft = Infinity }: RetrainProgress): number {
  const isTest = stage === 'judge' || stage === 'gate';
  // Within the first step nothing is known of the pace.
  const atPace = step >= 1 ? secondsAtPace(seconds * 1000, Math.floor(step), totalSteps) : Infinity;
  return Math.min(atPace, isTest ? Infinity : secondsLeft);
}

/** The same for a job on a cluster, which may wait there before it begins. */
export function showJob(terminal: Pick<Terminal, 'showProgress'>): {
  readonly update: (state: ClusterJobState) => void;
  readonly finish: () => void;
} {
  const { barOf, finish } = stageBars(terminal);
  return {
    update: ({ status, progress }) => {
      const { stage, step, totalSteps, numbers } = progress ?? beforeTheFirst;
      barOf(stage).update(step, totalSteps, [status.toLowerCase(), ...notesOf(numbers)].join(', '));
    },
    finish,
  };
}

/** What is shown of a job until its first step. */
const beforeTheFirst = { stage: 'cluster', step: 0, totalSteps: 1, numbers: {} };

function notesOf(numbers: Readonly<Record<string, number>>): string[] {
  const newest = Object.entries(numbers).slice(0, shownNumbers);
  return newest.map(([name, value]) => `${name} ${value.toFixed(3)}`);
}

function stageBars({ showProgress }: Pick<Terminal, 'showProgress'>) {
  let current: { readonly stage: string; readonly bar: Progress } | undefined;
  const finish = (): void => {
    current?.bar.finish();
    current = undefined;
  };
  const barOf = (stage: string): Progress => {
    if (current?.stage !== stage) {
      finish();
      current = { stage, bar: showProgress(stage) };
    }
    return current.bar;
  };
  return { barOf, finish };
}
