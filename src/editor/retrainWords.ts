import type { RetrainSummary, TrainerClient } from '../process/clients.ts';

/** How far a retraining is, as the trainer tells it. */
export type RetrainProgress = Parameters<Parameters<TrainerClient['retrain']>[1]['onProgress']>[0];

type Stage = RetrainProgress['stage'];

/** The stages in their order, as the user reads them. */
const stageWords: Readonly<Record<Stage, { readonly short: string; readonly long: string }>> = {
  sft: { short: 'SFT', long: 'Learning from what you wrote' },
  reward: { short: 'reward', long: 'Learning what you prefer' },
  ppo: { short: 'PPO', long: 'Practising against what you prefer' },
  gate: { short: 'gate', long: 'Comparing with the policy that serves now' },
};

const stages = Object.keys(stageWords) as Stage[];

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
  return (stages.indexOf(progress.stage) + stageShare(progress)) / stages.length;
}

/** One line on how far a run is: `Learning from what you wrote (SFT 3 of 20, loss 1.23)`. */
export function progressLine({ stage, step, totalSteps, numbers }: RetrainProgress): string {
  const { short, long } = stageWords[stage];
  const [number] = Object.entries(numbers).map(([name, value]) => `, ${name} ${value.toFixed(2)}`);
  return `${long} (${short} ${step} of ${totalSteps}${number ?? ''})`;
}

/**
 * Whether a run goes on from a checkpoint, as its first report shows: a new run begins with the
 * first step of the first stage.
 */
export function isResumed(first: RetrainProgress, hadCheckpoint: boolean): boolean {
  return hadCheckpoint && (first.step > 1 || first.stage !== 'sft');
}

/** What a cancelled run leaves behind, in one sentence. */
export function cancelledSentence(last: RetrainProgress | undefined): string {
  if (last === undefined) return 'Retraining was stopped before its first step.';
  const where = `${shortStage(last.stage)} step ${last.step} of ${last.totalSteps}`;
  return `Retraining was stopped at ${where}. Its checkpoint is kept: “Retrain Assistant” goes on from it as long as no new feedback comes in.`;
}

/** The verdict and the numbers behind it, for a message. */
export function verdictMessage({ manifest, heldOut: { before, after } }: RetrainSummary): string {
  const { reason } = manifest.verdict;
  const compared =
    `Of ${before.asked} held-out places ${before.accepted} were right as a whole before and ${after.accepted} are now; ` +
    `kept characters ${before.keptChars} before, ${after.keptChars} now.`;
  return before.asked === 0 ? reason : `${reason} ${compared}`;
}
