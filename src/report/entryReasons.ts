import * as l10n from '@vscode/l10n';
import {
  withCorrection,
  type CompletionRecord,
  type DemonstrationRecord,
  type ImportedRecord,
  type RankingRecord,
  type StoredRecord,
  type Survival,
} from '../feedback/completionRecord.ts';
import { labelOutcome, type Label } from '../feedback/following/labels.ts';
import type { CompletionOutcome } from '../feedback/following/outcome.ts';
import { decimals } from '../sentences/decimals.ts';
import { retold } from './storedSentences.ts';

/** Something that is known or concluded of a record. */
export interface EntryReason {
  readonly certainty: 'sure' | 'inferred';
  readonly sentence: string;
}

/** Everything that is known or concluded of a record. */
export function reasonsOf({ kind, record }: StoredRecord): EntryReason[] {
  switch (kind) {
    case 'completion':
      return record.text === '' ? [] : reasonsOfCompletion(record);
    case 'ranking':
      return [
        ...(rankedCount(record) > 1 ? [sure(l10n.t('You put these in an order.'))] : []),
        ...(record.noneIsGood ? [sure(noneIsGoodSentence)] : []),
      ];
    case 'demonstration':
      return [writtenReason(record)];
    case 'imported':
      return [importReason(record)];
  }
}

/** How many alternatives were given a rank. */
export function rankedCount({ alternatives }: RankingRecord): number {
  return alternatives.filter(({ rank }) => rank !== undefined).length;
}

/** Of a ranking in which nothing is better than any of the alternatives. */
export const noneIsGoodSentence = l10n.t('None is good, you said.');

/** Of a text that was given as an answer. */
export const ownTextSentence = l10n.t('You gave it as your answer.');

/** How a text came into being that the user wrote. */
export function writtenReason({ source }: Pick<DemonstrationRecord, 'source'>): EntryReason {
  return sure(source === 'ownText' ? ownTextSentence : l10n.t('You typed it.'));
}

/** Why something is believed that came in a file. */
export function importReason({ importedFrom }: Pick<ImportedRecord, 'importedFrom'>): EntryReason {
  return sure(l10n.t('It came from {0}; what it says was not observed here.', importedFrom));
}

function reasonsOfCompletion(record: CompletionRecord): EntryReason[] {
  const { survival, shownMs } = record;
  const last = survival.at(-1);
  const observed = labelOutcome(withCorrection(record, undefined));
  return [
    ...(shownMs === undefined ? [] : [sure(l10n.t('It stood on the screen for {0}.', seconds(shownMs)))]),
    ...outcomeReasons(record),
    ...(last === undefined ? [] : [survivalReason(last)]),
    labelReason(observed),
    ...correctionReasons(record),
  ];
}

/** What became of a completion, and how one knows; none while it is alive. */
export function outcomeReasons({
  outcome,
  evidence,
}: Pick<CompletionRecord, 'outcome' | 'evidence'>): EntryReason[] {
  if (outcome === undefined || evidence === undefined) return [];
  const certainty = evidence.kind === 'inferred' ? 'inferred' : 'sure';
  return [{ certainty, sentence: l10n.t('It was {0}: {1}', outcomeWords(outcome), retold(evidence.why)) }];
}

function survivalReason({ afterMs, survivalShare }: Survival): EntryReason {
  return sure(l10n.t('{0} later {1} of it still stood there.', seconds(afterMs), percent(survivalShare)));
}

/** What the user says of it; none where they said nothing. */
export function correctionReasons({ correction }: Pick<CompletionRecord, 'correction'>): EntryReason[] {
  return correction === undefined
    ? []
    : [sure(l10n.t('You corrected that: {0}.', correctionWords[correction.label]))];
}

const correctionWords = {
  kept: l10n.t('you wanted it'),
  refused: l10n.t('you did not want it'),
  none: l10n.t('it says nothing'),
} as const;

/** What is concluded from all that. */
export function labelReason(label: Label): EntryReason {
  return { certainty: 'inferred', sentence: labelSentence(label) };
}

function labelSentence(label: Label): string {
  if (label.kind === 'none') return l10n.t('So it says nothing of what you want. {0}', retold(label.why));
  if (label.kind === 'refused') return l10n.t('So you did not want it.');
  return label.keptShare === 1
    ? l10n.t('So you wanted it.')
    : l10n.t('So you wanted it, {0} of it.', percent(label.keptShare));
}

/** An outcome in a few words. */
export function outcomeWords(outcome: CompletionOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return l10n.t('accepted');
    case 'acceptedPartly':
      return l10n.t('accepted in part ({0} characters)', outcome.acceptedChars);
    case 'typedThrough':
      return l10n.t('typed by hand');
    case 'dismissed':
      return l10n.t('dismissed');
    case 'typedOver':
      return l10n.t('something else was typed');
    case 'unseen':
      return l10n.t('gone before it could be read');
    case 'superseded':
      return l10n.t('another took its place');
  }
}

/** What is known and not concluded. */
export function sure(sentence: string): EntryReason {
  return { certainty: 'sure', sentence };
}

/** A share as people write it. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function seconds(ms: number): string {
  if (ms >= 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${ms < 10_000 ? decimals(ms / 1000, 1) : Math.round(ms / 1000)} s`;
}
