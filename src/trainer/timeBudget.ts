import type { StageReport } from './adapters/manifest.ts';

/**
 * Share of a run's time that is spent at the latest when each stage ends. What one does not need is
 * there for the next. SFT gains most of what is kept, so it has two thirds: in a run of 15 minutes the
 * reward model saw too few preferences to be of use, and PPO made one iteration (docs/learning.md). The
 * gate measures at fewer prompts where there is less.
 */
const endShares = { sft: 0.65, reward: 0.75, ppo: 0.86, dpo: 0.86, kto: 0.86, gate: 1 } as const;

/** The stages, and what decides on them. */
type TimedPart = StageReport['name'] | 'gate';

/** Seconds of a run until a stage has to end; endless where there is no budget. */
export function endOfStageSeconds(stage: TimedPart, timeBudgetMs: number | undefined): number {
  return timeBudgetMs === undefined ? Infinity : (endShares[stage] * timeBudgetMs) / 1000;
}

/**
 * A stage's time less a share of what is left now, which is kept for what comes behind it. Endless
 * time stays endless.
 */
export function keepingBack(secondsLeft: () => number, share: number): () => number {
  const left = secondsLeft();
  return left === Infinity ? secondsLeft : () => secondsLeft() - share * Math.max(left, 0);
}

/** How far a stage is, and how long it may go on. */
export interface StageTime {
  readonly step: number;
  /** Spent in the stage so far. */
  readonly seconds: number;
  readonly secondsLeft: number;
  /** What the first step will take, by the pace of the stages before; 0 where nothing is known of it. */
  readonly expectedSeconds: number;
}

/**
 * How many of its steps a stage will have made when its time is over, at the pace so far: the next
 * step is made only if it fits. Before the first step the pace is only expected: all of them, or none
 * where not even one would fit.
 */
export function stepsWithin(
  { step, seconds, secondsLeft, expectedSeconds }: StageTime,
  totalSteps: number,
): number {
  if (secondsLeft === Infinity) return totalSteps;
  if (step === 0) return secondsLeft > expectedSeconds ? totalSteps : 0;
  const more = Math.max(0, Math.floor((secondsLeft * step) / seconds));
  return Math.min(totalSteps, step + more);
}

/** Why a stage made fewer steps than it wanted; `undefined` when it made them all. */
export function reasonOfTime(step: number, totalSteps: number): string | undefined {
  return step < totalSteps ? `there was time for ${step} of ${totalSteps} steps` : undefined;
}
