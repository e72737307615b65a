import * as l10n from '@vscode/l10n';
import type { CompletionRecord, RankingRecord, StoredRecord } from '../feedback/completionRecord.ts';
import { labelOutcome } from '../feedback/following/labels.ts';
import {
  demonstrationOfCompletion,
  demonstrationOfImported,
  demonstrationOfText,
} from '../trainer/data/demonstrations.ts';
import type { ComparedText, Demonstration, PreferenceGroup } from '../trainer/data/examples.ts';
import {
  preferencesOfCompletion,
  preferencesOfImported,
  preferencesOfRanking,
} from '../trainer/data/preferences.ts';
import {
  correctionReasons,
  importReason,
  labelReason,
  noneIsGoodSentence,
  outcomeReasons,
  ownTextSentence,
  percent,
  sure,
  writtenReason,
  type EntryReason,
} from './entryReasons.ts';

/** One example that a retraining makes of a record, and why. */
export type Lesson =
  | {
      readonly kind: 'demonstration';
      readonly text: string;
      /** How much it counts, above 0 to 1. */
      readonly weight: number;
      readonly why: EntryReason;
    }
  | {
      readonly kind: 'preference';
      /** Empty for silence, as is `worse`. */
      readonly better: string;
      readonly worse: string;
      readonly why: EntryReason;
    };

type UnrankedRecord = Exclude<StoredRecord, { kind: 'ranking' }>;

/** What a retraining learns from a record. */
export function lessonsOf(stored: StoredRecord): Lesson[] {
  const told = withoutPrompt(stored);
  return [...demonstrationLessons(told), ...preferenceLessons(told)];
}

/** Examples name their prompt by a hash of all of it, which takes longer than all else and is asked for nowhere here. */
function withoutPrompt<Stored extends StoredRecord>(stored: Stored): Stored {
  return { ...stored, record: { ...stored.record, prefix: '', suffix: '' } };
}

function demonstrationLessons(stored: StoredRecord): Lesson[] {
  if (stored.kind === 'ranking') return [];
  const demonstration = demonstrationOf(stored);
  if (demonstration === undefined) return [];
  const { text, weight, source } = demonstration;
  const why = source === 'settled' ? settledReason() : reasonOf(stored);
  return [{ kind: 'demonstration', text, weight, why }];
}

function preferenceLessons(stored: StoredRecord): Lesson[] {
  const { texts, pairs } = preferencesOf(stored) ?? { texts: [], pairs: [] };
  return pairs.map((pair) => {
    const [better, worse] = [texts[pair.better]!, texts[pair.worse]!];
    const why = pairReason(stored, better, worse);
    return { kind: 'preference', better: better.text, worse: worse.text, why };
  });
}

function pairReason(stored: StoredRecord, better: ComparedText, worse: ComparedText): EntryReason {
  if (stored.kind === 'ranking') return rankReason(stored.record, better, worse);
  return better.writer === 'user' ? settledReason() : reasonOf(stored);
}

function settledReason(): EntryReason {
  return sure(l10n.t('You had it there in the end.'));
}

/** Why a record is taken as it is. */
function reasonOf(stored: UnrankedRecord): EntryReason {
  switch (stored.kind) {
    case 'completion':
      return reasonOfCompletion(stored.record);
    case 'demonstration':
      return writtenReason(stored.record);
    case 'imported':
      return importReason(stored.record);
  }
}

/** What the user says of it comes before what became of it, and that before what is concluded. */
function reasonOfCompletion(record: CompletionRecord): EntryReason {
  const [reason] = [...correctionReasons(record), ...outcomeReasons(record)];
  return reason ?? labelReason(labelOutcome(record));
}

/** By ranks where both texts have one: what was said of one text alone is said by it. */
function rankReason({ alternatives }: RankingRecord, better: ComparedText, worse: ComparedText): EntryReason {
  if (better.writer === 'user') return sure(ownTextSentence);
  if (better.writer === 'silence') return sure(noneIsGoodSentence);
  const rankOf = ({ text }: ComparedText) => alternatives.find((other) => other.text === text)?.rank;
  return sure(l10n.t('You gave it rank {0}, the other {1}.', rankOf(better) ?? '–', rankOf(worse) ?? '–'));
}

function demonstrationOf({ kind, record }: UnrankedRecord): Demonstration | undefined {
  switch (kind) {
    case 'completion':
      return demonstrationOfCompletion(record);
    case 'demonstration':
      return demonstrationOfText(record);
    case 'imported':
      return demonstrationOfImported(record);
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

/** A lesson as it is told beside its record. */
export function lessonSentence(lesson: Lesson): string {
  if (lesson.kind === 'preference')
    return l10n.t('That {0} is better than {1}.', nameOf(lesson.better), nameOf(lesson.worse));
  const { text, weight } = lesson;
  return weight === 1
    ? l10n.t('To write {0} here.', quoted(text))
    : l10n.t('To write {0} here, counting {1}.', quoted(text), percent(weight));
}

function nameOf(text: string): string {
  return text === '' ? l10n.t('to offer nothing') : quoted(text);
}

/** Enough of a text to tell it from the others of its record. */
const maxQuotedChars = 60;

function quoted(text: string): string {
  const flat = text.trim().replaceAll(/\s+/g, ' ');
  return l10n.t('“{0}”', flat.length > maxQuotedChars ? `${flat.slice(0, maxQuotedChars)}…` : flat);
}
