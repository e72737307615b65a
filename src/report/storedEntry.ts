import { withCorrection, type CompletionRecord, type StoredRecord } from '../feedback/completionRecord.ts';
import { labelOutcome, type Label } from '../feedback/labels.ts';
import type { CompletionOutcome } from '../feedback/outcome.ts';
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
      return `${stored.record.alternatives.length} alternatives ranked`;
    case 'demonstration':
      return stored.record.source === 'ownText' ? 'your own alternative' : 'typed where nothing was offered';
    case 'imported':
      return `${stored.record.example.kind} from ${stored.record.importedFrom}`;
  }
}

function fateOfCompletion({ outcome, noCompletionReason }: CompletionRecord): string {
  if (noCompletionReason !== undefined) return `nothing offered (${noCompletionReason})`;
  return outcome === undefined ? 'not decided yet' : outcomeWords(outcome);
}

function outcomeWords(outcome: CompletionOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return 'accepted';
    case 'acceptedPartly':
      return `accepted in part (${outcome.acceptedChars} characters)`;
    case 'typedThrough':
      return 'typed by hand';
    case 'dismissed':
      return 'dismissed';
    case 'typedOver':
      return 'something else was typed';
    case 'unseen':
      return 'gone before it could be read';
    case 'superseded':
      return 'another took its place';
  }
}

function textsOf({ kind, record }: StoredRecord): EntryText[] {
  switch (kind) {
    case 'completion':
      return [
        ...(record.text === '' ? [] : [{ name: 'The completion', text: record.text }]),
        ...(record.finalText === undefined
          ? []
          : [{ name: 'What stood there in the end', text: record.finalText }]),
      ];
    case 'ranking':
      return [
        ...record.alternatives.map(({ text, rank }) => ({
          name: rank === undefined ? 'Not ranked' : `Rank ${rank}`,
          text,
        })),
        ...(record.ownText === undefined
          ? []
          : [{ name: 'What you would have written', text: record.ownText }]),
      ];
    case 'demonstration':
      return [{ name: 'What you wrote', text: record.text }];
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
        sure('You put these in an order.'),
        ...(record.noneIsGood ? [sure('None is good, you said.')] : []),
      ];
    case 'demonstration':
      return [sure(record.source === 'ownText' ? 'You gave it as your answer.' : 'You typed it.')];
    case 'imported':
      return [sure(`It came from ${record.importedFrom}; what it says was not observed here.`)];
  }
}

function reasonsOfCompletion(record: CompletionRecord): EntryReason[] {
  const { outcome, evidence, survival, shownMs, correction } = record;
  const last = survival.at(-1);
  const observed = labelOutcome(withCorrection(record, undefined));
  return [
    ...(shownMs === undefined ? [] : [sure(`It stood on the screen for ${seconds(shownMs)}.`)]),
    ...(outcome === undefined || evidence === undefined
      ? []
      : [
          {
            certainty: evidence.kind === 'inferred' ? ('inferred' as const) : ('sure' as const),
            sentence: `It was ${outcomeWords(outcome)}: ${evidence.why}`,
          },
        ]),
    ...(last === undefined
      ? []
      : [sure(`${seconds(last.afterMs)} later ${percent(last.survivalShare)} of it still stood there.`)]),
    { certainty: 'inferred', sentence: labelSentence(observed) },
    ...(correction === undefined ? [] : [sure(`You corrected that: ${correctionWords[correction.label]}.`)]),
  ];
}

const correctionWords = {
  kept: 'you wanted it',
  refused: 'you did not want it',
  none: 'it says nothing',
} as const;

function labelSentence(label: Label): string {
  if (label.kind === 'none') return `So it says nothing of what you want. ${label.why}`;
  if (label.kind === 'refused') return 'So you did not want it.';
  return `So you wanted it${label.keptShare === 1 ? '' : `, ${percent(label.keptShare)} of it`}.`;
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
  return `To write ${quoted(text)} here${weight === 1 ? '' : `, counting ${percent(weight)}`}.`;
}

function pairSentences({ texts, pairs }: PreferenceGroup): string[] {
  const nameOf = (index: number): string => {
    const { text, writer } = texts[index]!;
    return writer === 'silence' ? 'to offer nothing' : quoted(text);
  };
  return pairs.map(({ better, worse }) => `That ${nameOf(better)} is better than ${nameOf(worse)}.`);
}

/** Enough of a text to tell it from the others of its record. */
const maxQuotedChars = 60;

function quoted(text: string): string {
  const flat = text.trim().replaceAll(/\s+/g, ' ');
  return `“${flat.length > maxQuotedChars ? `${flat.slice(0, maxQuotedChars)}…` : flat}”`;
}

function sure(sentence: string): EntryReason {
  return { certainty: 'sure', sentence };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function seconds(ms: number): string {
  if (ms >= 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
}
