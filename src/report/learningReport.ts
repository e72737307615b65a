import * as l10n from '@vscode/l10n';
import { told } from '../sentences/told.ts';
import { heldOutTotals, type HeldOutTotals } from '../trainer/gate/heldOutTotals.ts';
import type { KeptComparisons } from '../trainer/adapters/keptComparisons.ts';
import type { Manifest, StageReport } from '../trainer/adapters/manifest.ts';
import { calibrationOf, type Calibration } from './calibration.ts';
import { bestAndWorst, type Sample } from './samples.ts';
import { stageParts, type StagePart } from './stageParts.ts';
import { verdictSentence } from './verdictSentence.ts';

/** What a retraining learned, and what came of it, ready to be written in any form. */
export interface LearningReport {
  readonly adapterId: Manifest['adapterId'];
  readonly baseModelId: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly verdict: Manifest['verdict'];
  readonly heldOut: HeldOutPart;
  readonly data: Manifest['data'];
  readonly seed: number;
  /** The device, and why it; absent where the manifest does not say it. */
  readonly trainedOn: string | undefined;
  readonly stages: readonly StagePart[];
  readonly calibration: Calibration;
  /** What its silence did on held-out work, in a sentence; absent where it has none or nothing is known of it. */
  readonly silence: string | undefined;
}

/** Both policies on the work that training never saw, or why there is nothing to show of it. */
export type HeldOutPart =
  | { readonly kind: 'nothing'; readonly why: string }
  | {
      readonly kind: 'compared';
      readonly before: HeldOutTotals;
      readonly after: HeldOutTotals;
      /** Places by whether the new policy keeps more characters there, fewer, or as many. */
      readonly keptMore: number;
      readonly keptFewer: number;
      readonly keptAsMany: number;
      /** Those that gained most, largest gain first. */
      readonly best: readonly Sample[];
      /** Those that lost most, largest loss first. */
      readonly worst: readonly Sample[];
      /** Places that the user has forgotten since; they are in none of these numbers. */
      readonly forgotten: number;
    };

/**
 * The learning report of one retraining.
 *
 * @param kept undefined where no comparisons are kept with the adapter.
 */
export function learningReport(manifest: Manifest, kept: KeptComparisons | undefined): LearningReport {
  const { adapterId, baseModelId, startedAtMs, finishedAtMs, verdict, data, seed, stages, trainedOn } =
    manifest;
  return {
    ...{ adapterId, baseModelId, startedAtMs, finishedAtMs, data, seed },
    verdict: { ...verdict, reason: verdictSentence(verdict) },
    heldOut: heldOutPart(data, kept),
    trainedOn: trainedOn && deviceText(trainedOn),
    stages: stageParts(stages),
    calibration: calibrationOf(stageCalled('reward', stages)),
    // Without its curve the silence of an older adapter is none.
    silence: manifest.calibration && manifest.silence && silenceSentence(manifest.silence),
  };
}

function deviceText({ device, why }: NonNullable<Manifest['trainedOn']>): string {
  return why === undefined ? device : `${device}: ${told(why)}`;
}

/** What a policy's silence did on held-out work. */
export function silenceSentence({
  hidden,
  givenUpChars,
  sparedChars,
}: NonNullable<Manifest['silence']>): string {
  return l10n.t(
    'Where the new policy is unsure it keeps silent, or shows less of a text: against showing whatever it writes ("attune.show": "eagerly"), {0} completions were not shown, with {1} characters fewer to refuse and {2} fewer to keep.',
    ...([hidden, sparedChars, givenUpChars] as const),
  );
}

function stageCalled(name: StageReport['name'], stages: readonly StageReport[]): StageReport | undefined {
  return stages.find((stage) => stage.name === name);
}

function heldOutPart(data: Manifest['data'], kept: KeptComparisons | undefined): HeldOutPart {
  if (kept === undefined || kept.comparisons.length === 0) {
    return { kind: 'nothing', why: whyNothingHeldOut(data, kept) };
  }
  const { comparisons, forgotten } = kept;
  const gains = comparisons.map(({ before, after }) => Math.sign(after.keptChars - before.keptChars));
  const countOf = (sign: number): number => gains.filter((gain) => gain === sign).length;
  return {
    kind: 'compared',
    before: heldOutTotals(comparisons, 'before'),
    after: heldOutTotals(comparisons, 'after'),
    ...{ keptMore: countOf(1), keptFewer: countOf(-1), keptAsMany: countOf(0) },
    ...bestAndWorst(comparisons),
    forgotten,
  };
}

function whyNothingHeldOut(
  { heldOutDemonstrations, heldOutPreferenceGroups }: Manifest['data'],
  kept: KeptComparisons | undefined,
): string {
  if (heldOutDemonstrations === 0) {
    return heldOutPreferenceGroups === 0
      ? l10n.t('Nothing could be compared: there was too little work to hold some of it out of training.')
      : l10n.t('Nothing could be compared: at no held-out place it is known what you wrote in the end.');
  }
  if (kept === undefined) {
    return l10n.t(
      'The completions on held-out work are not kept: they were forgotten since, or this adapter is older than the keeping of them.',
    );
  }
  return kept.forgotten === 0
    ? l10n.t('No held-out place was asked.')
    : l10n.t('You have forgotten the work that the policies were compared on ({0} places).', kept.forgotten);
}
