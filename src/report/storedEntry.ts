import * as l10n from '@vscode/l10n';
import type { CompletionRecord, RankingRecord, StoredRecord } from '../feedback/completionRecord.ts';
import { labelOutcome } from '../feedback/following/labels.ts';
import type { EntryGroup } from './entryGroups.ts';
import { outcomeWords, rankedCount, reasonsOf, type EntryReason } from './entryReasons.ts';
import { lessonsOf, type Lesson } from './lessons.ts';

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
  /** All that was offered or written there, to be searched. */
  readonly wholeText: string;
  /** What a retraining makes of it; of their texts as well the start. */
  readonly lessons: readonly Lesson[];
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
  const texts = textsOf(stored).map(({ text }) => text);
  return {
    ...{ id, documentUri, atMs, group: groupOf(stored), fate: fateOf(stored) },
    isCorrected: stored.kind === 'completion' && stored.record.correction !== undefined,
    text: startOf(texts[0] ?? ''),
    wholeText: texts.join('\n'),
    lessons: lessonsOf(stored).map(shortened),
  };
}

function startOf(text: string): string {
  return text.trim().slice(0, maxEntryChars);
}

function shortened(lesson: Lesson): Lesson {
  return lesson.kind === 'demonstration'
    ? { ...lesson, text: startOf(lesson.text) }
    : { ...lesson, better: startOf(lesson.better), worse: startOf(lesson.worse) };
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
      return fateOfRanking(stored.record);
    case 'demonstration':
      return stored.record.source === 'ownText'
        ? l10n.t('your own alternative')
        : l10n.t('typed where nothing was offered');
    case 'imported':
      return l10n.t('{0} from {1}', stored.record.example.kind, stored.record.importedFrom);
  }
}

/** Where none has a rank, something else was said: that none is good, or what would have been written. */
function fateOfRanking(record: RankingRecord): string {
  const count = rankedCount(record);
  if (count > 1) return l10n.t('{0} alternatives ranked', count);
  if (count === 1) return l10n.t('1 alternative ranked');
  return record.noneIsGood ? l10n.t('no alternative is good') : l10n.t('your own alternative');
}

function fateOfCompletion({ outcome, noCompletionReason }: CompletionRecord): string {
  if (noCompletionReason !== undefined) return l10n.t('nothing offered ({0})', noCompletionReason);
  return outcome === undefined ? l10n.t('not decided yet') : outcomeWords(outcome);
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
