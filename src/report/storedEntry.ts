import * as l10n from '@vscode/l10n';
import { withCorrection, type CompletionRecord, type StoredRecord } from '../feedback/completionRecord.ts';
import { labelOutcome, type Label } from '../feedback/labels.ts';
import type { CompletionOutcome, OutcomeEvidence } from '../feedback/outcome.ts';
import { decimals } from '../sentences/decimals.ts';
import {
  demonstrationOfCompletion,
  demonstrationOfImported,
  demonstrationOfText,
} from '../trainer/demonstrations.ts';
import type { Demonstration, PreferenceGroup } from '../trainer/examples.ts';
import {
  preferencesOfCompletion,
  preferencesOfImported,
  preferencesOfRanking,
} from '../trainer/preferences.ts';
import { retold } from './storedSentences.ts';

/** What a stored record is to its user; of completions that were shown, what is taken as their opinion. */
export const entryGroups = [
  ...(['wanted', 'refused', 'noOpinion', 'notOffered'] as const),
  ...(['ranking', 'written', 'imported'] as const),
] as const;

export type EntryGroup = (typeof entryGroups)[number];

/** One line of the list of all that is stored. */
export interface StoredEntry {
  readonly id: string;
  readonly documentUri: string;
  readonly atMs: number;
  readonly group: EntryGroup;
  readonly isCorrected: boolean;
  /** What became of it, in a few words. */
  readonly fate: string;
  /** The start of what was offered or written. */
  readonly text: string;
}

/** Something that is known or concluded of a record. */
export interface EntryReason {
  readonly certainty: 'sure' | 'inferred';
  readonly sentence: string;
}

/** One text of a record under its name. */
export interface EntryText {
  readonly name: string;
  readonly text: string;
}

/** Everything a person wants to see of one record. */
export interface EntryDetail extends StoredEntry {
  readonly languageId: string;
  /** The last lines before the cursor. */
  readonly promptTail: string;
  readonly texts: readonly EntryText[];
  readonly reasons: readonly EntryReason[];
  /** What a retraining makes of it. */
  readonly lessons: readonly string[];
  /** What the user says of it; absent where they said nothing. */
  readonly correction?: 'kept' | 'refused' | 'none';
  /** Whether there is an opinion that could be corrected. */
  readonly isCorrectable: boolean;
}

/** Enough to know a text again in a list; the whole is in the detail. */
const maxEntryChars = 200;

/** Enough lines to know the place again. */
const tailLines = 12;

/** A record as one line. */
export function entryOf(stored: StoredRecord): StoredEntry {
  const { id, documentUri, atMs } = stored.record;
  const [first] = textsOf(stored);
  return {
    ...{ id, documentUri, atMs, group: groupOf(stored), fate: fateOf(stored) },
    isCorrected: stored.kind === 'completion' && stored.record.correction !== undefined,
    text: (first?.text ?? '').trim().slice(0, maxEntryChars),
  };
}

/** A record with its reasons. */
export function detailOf(stored: StoredRecord): EntryDetail {
  const { languageId, prefix } = stored.record;
  const correction = stored.kind === 'completion' ? stored.record.correction : undefined;
  return {
    ...entryOf(stored),
    languageId,
    promptTail: prefix.split('\n').slice(-tailLines).join('\n'),
    texts: textsOf(stored),
    reasons: reasonsOf(stored),
    lessons: lessonsOf(stored),
    ...(correction && { correction: correction.label }),
    isCorrectable: stored.kind === 'completion' && stored.record.text !== '',
  };
}

function groupOf({ kind, record }: StoredRecord): EntryGroup {
  if (kind === 'demonstration') return 'written';
  if (kind !== 'completion') return kind;
  if (record.text === '') return 'notOffered';
  const groups = { kept: 'wanted', refused: 'refused', none: 'noOpinion' } as const;
  return groups[labelOutcome(record).kind];
}

function fateOf(stored: StoredRecord): string {
  switch (stored.kind) {
    case 'completion':
      return fateOfCompletion(stored.record);
    case 'ranking':
      return l10n.t('{0} alternatives ranked', stored.record.alternatives.length);
    case 'demonstration':
      return stored.record.source === 'ownText'
        ? l10n.t('your own alternative')
        : l10n.t('typed where nothing was offered');
    case 'imported':
      return l10n.t('{0} from {1}', stored.record.example.kind, stored.record.importedFrom);
  }
}

function fateOfCompletion({ outcome, noCompletionReason }: CompletionRecord): string {
  if (noCompletionReason !== undefined) return l10n.t('nothing offered ({0})', noCompletionReason);
  return outcome === undefined ? l10n.t('not decided yet') : outcomeWords(outcome);
}

function outcomeWords(outcome: CompletionOutcome): string {
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

function textsOf({ kind, record }: StoredRecord): EntryText[] {
  switch (kind) {
    case 'completion':
      return [
        ...(record.text === '' ? [] : [{ name: l10n.t('The completion'), text: record.text }]),
        ...(record.finalText === undefined
          ? []
          : [{ name: l10n.t('What stood there in the end'), text: record.finalText }]),
      ];
    case 'ranking':
      return [
        ...record.alternatives.map(({ text, rank }) => ({
          name: rank === undefined ? l10n.t('Not ranked') : l10n.t('Rank {0}', rank),
          text,
        })),
        ...(record.ownText === undefined
          ? []
          : [{ name: l10n.t('What you would have written'), text: record.ownText }]),
      ];
    case 'demonstration':
      return [{ name: l10n.t('What you wrote'), text: record.text }];
    case 'imported':
      return Object.entries(record.example).flatMap(([name, text]) =>
        typeof text === 'string' && name !== 'kind' && name !== 'evidence' ? { name, text } : [],
      );
  }
}

function reasonsOf({ kind, record }: StoredRecord): EntryReason[] {
  switch (kind) {
    case 'completion':
      return record.text === '' ? [] : reasonsOfCompletion(record);
    case 'ranking':
      return [
        sure(l10n.t('You put these in an order.')),
        ...(record.noneIsGood ? [sure(l10n.t('None is good, you said.'))] : []),
      ];
    case 'demonstration':
      return [
        sure(record.source === 'ownText' ? l10n.t('You gave it as your answer.') : l10n.t('You typed it.')),
      ];
    case 'imported':
      return [sure(l10n.t('It came from {0}; what it says was not observed here.', record.importedFrom))];
  }
}

function reasonsOfCompletion(record: CompletionRecord): EntryReason[] {
  const { outcome, evidence, survival, shownMs, correction } = record;
  const last = survival.at(-1);
  const observed = labelOutcome(withCorrection(record, undefined));
  return [
    ...(shownMs === undefined ? [] : [sure(l10n.t('It stood on the screen for {0}.', seconds(shownMs)))]),
    ...(outcome === undefined || evidence === undefined
      ? []
      : [
          {
            certainty: evidence.kind === 'inferred' ? ('inferred' as const) : ('sure' as const),
            sentence: outcomeSentence(outcome, evidence),
          },
        ]),
    ...(last === undefined
      ? []
      : [
          sure(
            l10n.t(
              '{0} later {1} of it still stood there.',
              seconds(last.afterMs),
              percent(last.survivalShare),
            ),
          ),
        ]),
    { certainty: 'inferred', sentence: labelSentence(observed) },
    ...(correction === undefined
      ? []
      : [sure(l10n.t('You corrected that: {0}.', correctionWords[correction.label]))]),
  ];
}

const correctionWords = {
  kept: l10n.t('you wanted it'),
  refused: l10n.t('you did not want it'),
  none: l10n.t('it says nothing'),
} as const;

/** What became of it, and how one knows. */
function outcomeSentence(outcome: CompletionOutcome, { why }: OutcomeEvidence): string {
  return l10n.t('It was {0}: {1}', outcomeWords(outcome), retold(why));
}

function labelSentence(label: Label): string {
  if (label.kind === 'none') return l10n.t('So it says nothing of what you want. {0}', retold(label.why));
  if (label.kind === 'refused') return l10n.t('So you did not want it.');
  return label.keptShare === 1
    ? l10n.t('So you wanted it.')
    : l10n.t('So you wanted it, {0} of it.', percent(label.keptShare));
}

function lessonsOf(stored: StoredRecord): string[] {
  const demonstration = demonstrationOf(stored);
  const preferences = preferencesOf(stored);
  return [
    ...(demonstration === undefined ? [] : [demonstrationSentence(demonstration)]),
    ...(preferences === undefined ? [] : pairSentences(preferences)),
  ];
}

function demonstrationOf({ kind, record }: StoredRecord): Demonstration | undefined {
  switch (kind) {
    case 'completion':
      return demonstrationOfCompletion(record);
    case 'demonstration':
      return demonstrationOfText(record);
    case 'imported':
      return demonstrationOfImported(record);
    case 'ranking':
      return undefined;
  }
}

function preferencesOf({ kind, record }: StoredRecord): PreferenceGroup | undefined {
  switch (kind) {
    case 'completion':
      return preferencesOfCompletion(record);
    case 'ranking':
      return preferencesOfRanking(record);
    case 'imported':
      return preferencesOfImported(record);
    case 'demonstration':
      return undefined;
  }
}

function demonstrationSentence({ text, weight }: Demonstration): string {
  return weight === 1
    ? l10n.t('To write {0} here.', quoted(text))
    : l10n.t('To write {0} here, counting {1}.', quoted(text), percent(weight));
}

function pairSentences({ texts, pairs }: PreferenceGroup): string[] {
  const nameOf = (index: number): string => {
    const { text, writer } = texts[index]!;
    return writer === 'silence' ? l10n.t('to offer nothing') : quoted(text);
  };
  return pairs.map(({ better, worse }) =>
    l10n.t('That {0} is better than {1}.', nameOf(better), nameOf(worse)),
  );
}

/** Enough of a text to tell it from the others of its record. */
const maxQuotedChars = 60;

function quoted(text: string): string {
  const flat = text.trim().replaceAll(/\s+/g, ' ');
  return l10n.t('“{0}”', flat.length > maxQuotedChars ? `${flat.slice(0, maxQuotedChars)}…` : flat);
}

function sure(sentence: string): EntryReason {
  return { certainty: 'sure', sentence };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function seconds(ms: number): string {
  if (ms >= 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${ms < 10_000 ? decimals(ms / 1000, 1) : Math.round(ms / 1000)} s`;
}
