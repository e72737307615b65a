import type { RetrainSummary, TrainerClient } from '../process/clients.ts';

/** How far a retraining is, as the trainer tells it. */
export type RetrainProgress = Parameters<Parameters<TrainerClient['retrain']>[1]['onProgress']>[0];

type Stage = RetrainProgress['stage'];

/** The stages in their order, as the user reads them. */
const stageWords: Readonly<Record<Stage, { readonly short: string; readonly long: string }>> = {
  sft: { short: 'SFT', long: 'Learning from what you wrote' },
  reward: { short: 'reward', long: 'Learning what you prefer' },
  judge: { short: 'test', long: 'Testing whether it knows your preferences' },
  ppo: { short: 'PPO', long: 'Practising against what you prefer' },
  dpo: { short: 'DPO', long: 'Learning what you prefer' },
  kto: { short: 'KTO', long: 'Learning what you keep' },
  gate: { short: 'gate', long: 'Comparing with the policy that serves now' },
};

/** The parts of a run in their order; what follows SFT without a reward model stands in PPO's place. */
const places: Readonly<Record<Stage, number>> = {
  sft: 0,
  reward: 1,
  judge: 2,
  ppo: 3,
  dpo: 3,
  kto: 3,
  gate: 4,
};
const placeCount = 5;

/** The name of a stage where there is little room. */
export function shortStage(stage: Stage): string {
  return stageWords[stage].short;
}

/** The share of a stage that is done, 0 to 1. */
export function stageShare({ step, totalSteps }: RetrainProgress): number {
  return totalSteps === 0 ? 0 : Math.min(1, step / totalSteps);
}

/** The share of the whole run that is done, 0 to 1, where each stage counts the same: none knows its time. */
export function runShare(progress: RetrainProgress): number {
  return (places[progress.stage] + stageShare(progress)) / placeCount;
}

/** When a run was first heard of, and how far it was then: one that goes on from a checkpoint does not begin at 0. */
export interface RunStart {
  readonly atMs: number;
  /** 0 to 1, of the run. */
  readonly share: number;
}

/** With less of a run done its pace says nothing. */
const tellingShare = 0.05;

/** About how many minutes the rest of a run takes at its pace so far, at least 1; undefined while it is too early to tell. */
export function minutesLeftOf(start: RunStart, nowMs: number, share: number): number | undefined {
  const done = share - start.share;
  if (done < tellingShare) return undefined;
  return Math.max(1, Math.ceil((((nowMs - start.atMs) / done) * (1 - share)) / 60_000));
}

/** One line on how far a run is: `Learning from what you wrote (SFT 3 of 20, loss 1.23)`. */
export function progressLine({ stage, step, totalSteps, numbers }: RetrainProgress): string {
  const { short, long } = stageWords[stage];
  const [number] = Object.entries(numbers).map(([name, value]) => `, ${name} ${value.toFixed(2)}`);
  return `${long} (${short} ${Math.floor(step)} of ${totalSteps}${number ?? ''})`;
}

/**
 * What a run makes of the checkpoint it found, by its first report: a new run begins with the first
 * step of the first stage.
 */
export function resumedSentence(first: RetrainProgress): string {
  const isNew = first.stage === 'sft' && first.step <= 1;
  return isNew
    ? 'Retraining begins anew: what it learns from has changed since its checkpoint.'
    : `Retraining goes on from its checkpoint: ${progressLine(first)}.`;
}

/** What a cancelled run leaves behind, in a sentence or two. */
export function cancelledSentence(last: RetrainProgress | undefined, hasCheckpoint: boolean): string {
  if (last === undefined) return 'Retraining was stopped before its first step.';
  const where = `${shortStage(last.stage)} step ${Math.floor(last.step)} of ${last.totalSteps}`;
  const then = hasCheckpoint
    ? 'Its checkpoint is kept: “Retrain Assistant” goes on from it within a day, unless what it learns from changes.'
    : 'It had no checkpoint yet, so the next one begins anew.';
  return `Retraining was stopped at ${where}. ${then}`;
}

/** The verdict and the numbers behind it, for a message. */
export function verdictMessage({ manifest, heldOut: { before, after } }: RetrainSummary): string {
  const { reason } = manifest.verdict;
  if (before.asked === 0) return reason;
  const right = `right as a whole ${before.accepted} → ${after.accepted} of ${before.asked}`;
  return `${reason} Before → now: ${right}, characters kept ${before.keptChars} → ${after.keptChars}.`;
}
