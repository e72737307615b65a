import * as l10n from '@vscode/l10n';
import type { RetrainProgress } from '../../trainer/retrainRun.ts';
import type { RetrainSummary } from '../../process/clients.ts';
import { decimals } from '../../report/html.ts';
import { verdictSentence } from '../../report/verdictSentence.ts';
import { takenUpSentence, type TakenUp } from './takingUp.ts';

type Stage = RetrainProgress['stage'];

/** The stages in their order, as the user reads them. */
const stageWords: Readonly<Record<Stage, { readonly short: string; readonly long: string }>> = {
  sft: { short: 'SFT', long: l10n.t('Learning from what you wrote') },
  reward: { short: l10n.t('reward'), long: l10n.t('Learning what you prefer') },
  judge: { short: l10n.t('test'), long: l10n.t('Testing whether it knows your preferences') },
  ppo: { short: 'PPO', long: l10n.t('Practising against what you prefer') },
  dpo: { short: 'DPO', long: l10n.t('Learning what you prefer') },
  kto: { short: 'KTO', long: l10n.t('Learning what you keep') },
  gate: { short: l10n.t('gate'), long: l10n.t('Comparing with the policy that serves now') },
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

/**
 * About how many minutes the rest of a run takes at its pace so far, at least 1, and no more than its time budget leaves;
 * undefined while it is too early to tell.
 */
export function minutesLeftOf(
  start: RunStart,
  nowMs: number,
  { share, secondsLeft = Infinity }: Pick<RunStart, 'share'> & Pick<RetrainProgress, 'secondsLeft'>,
): number | undefined {
  const done = share - start.share;
  if (done < tellingShare) return undefined;
  const atPaceMs = ((nowMs - start.atMs) / done) * (1 - share);
  return Math.max(1, Math.ceil(Math.min(atPaceMs / 60_000, secondsLeft / 60)));
}

/** One line on how far a run is: `Learning from what you wrote (SFT 3 of 20, loss 1.23)`. */
export function progressLine({ stage, step, totalSteps, numbers }: RetrainProgress): string {
  const { short, long } = stageWords[stage];
  const [number] = Object.entries(numbers).map(([name, value]) => `, ${name} ${decimals(value, 2)}`);
  return l10n.t('{0} ({1} {2} of {3}{4})', long, short, Math.floor(step), totalSteps, number ?? '');
}

/**
 * What a run makes of the checkpoint it found, by its first report: a new run begins with the first
 * step of the first stage.
 */
export function resumedSentence(first: RetrainProgress): string {
  const isNew = first.stage === 'sft' && first.step <= 1;
  return isNew
    ? l10n.t('Retraining begins anew: what it learns from, or how, has changed since its checkpoint.')
    : l10n.t('Retraining goes on from its checkpoint: {0}.', progressLine(first));
}

/** What a cancelled run leaves behind, in a sentence or two. */
export function cancelledSentence(last: RetrainProgress | undefined, hasCheckpoint: boolean): string {
  if (last === undefined) return l10n.t('Retraining was stopped before its first step.');
  const then = hasCheckpoint
    ? l10n.t(
        'Its checkpoint is kept: “Retrain Assistant” goes on from it within a day, unless what it learns from changes, or how.',
      )
    : l10n.t('It had no checkpoint yet, so the next one begins anew.');
  const { stage, step, totalSteps } = last;
  const where = [shortStage(stage), Math.floor(step), totalSteps] as const;
  return `${l10n.t('Retraining was stopped at {0} step {1} of {2}.', ...where)} ${then}`;
}

/**
 * The verdict and the numbers behind it, for a message, and when a promoted adapter serves where that is not at once.
 */
export function verdictMessage(
  { manifest, heldOut: { before, after } }: RetrainSummary,
  taken: TakenUp = { kind: 'serves' },
): string {
  const sentence = verdictSentence(manifest.verdict);
  const whenItServes = taken.kind === 'serves' ? [] : [takenUpSentence(taken)];
  if (before.asked === 0) return [sentence, ...whenItServes].join(' ');
  const numbers = l10n.t(
    'Before → now: right as a whole {0} → {1} of {2}, characters kept {3} → {4}.',
    ...([before.accepted, after.accepted, before.asked, before.keptChars, after.keptChars] as const),
  );
  return [sentence, numbers, ...whenItServes].join(' ');
}
