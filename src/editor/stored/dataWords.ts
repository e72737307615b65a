import * as l10n from '@vscode/l10n';
import { fileOf } from '../../feedback/files/fileOf.ts';
import type { Learners } from '../../process/exchange/forgetRecords.ts';
import { notStorableWords } from '../../process/notStorableWords.ts';
import { percent } from '../../report/entryReasons.ts';
import { lessonSentence, type Lesson } from '../../report/lessons.ts';
import type { EntryDetail, StoredEntry } from '../../report/storedEntry.ts';
import type { DataDetail, DataRow } from './dataMessages.ts';
import type { EntryRow } from './storedEntries.ts';

/** A row of the page. */
export function dataRow({ entry, lessonIndex }: EntryRow): DataRow {
  const lesson = lessonIndex === undefined ? undefined : entry.lessons[lessonIndex];
  return { ...entryRow(entry), ...(lesson && { lesson: { index: lessonIndex!, ...lessonCells(lesson) } }) };
}

function entryRow({ documentUri, atMs, ...entry }: StoredEntry): DataRow {
  const { id, group, isCorrected, fate, text } = entry;
  return { id, group, isCorrected, fate, text, documentUri, when: whenOf(atMs), file: fileName(documentUri) };
}

function lessonCells(lesson: Lesson) {
  const { why } = lesson;
  if (lesson.kind === 'demonstration') return { text: lesson.text, beside: percent(lesson.weight), why };
  return { text: lesson.better, beside: lesson.worse, why };
}

/** A detail as the page shows it. */
export function dataDetail(detail: EntryDetail, learners: Learners): DataDetail {
  const { languageId, promptTail, texts, reasons, lessons, correction, isCorrectable } = detail;
  return {
    ...entryRow(detail),
    ...{ languageId, promptTail, isCorrectable, isDated: detail.atMs !== undated },
    learners: learnersSentence(learners),
    ...{ texts: [...texts], reasons: [...reasons], lessons: lessons.map(lessonSentence) },
    ...(correction === undefined ? {} : { correction }),
  };
}

/** The name of a document's file, or that of the file it was imported from. */
export function fileName(documentUri: string): string {
  const last = fileOf(documentUri).split(/[/:]/).at(-1) ?? documentUri;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** The day of a moment, in the time zone of this machine. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

/** Made when the first row is shown: it takes 20 ms, which the start of VS Code is too good for. */
let moments: Intl.DateTimeFormat | undefined;

/** The time of imports without one: they are older than all else, and say so by a dash. */
const undated = 0;

function whenOf(atMs: number): string {
  moments ??= new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });
  return atMs === undated ? '–' : moments.format(atMs);
}

/** Which adapters learned from what is shown. */
function learnersSentence({ learned, unknown }: Learners): string {
  const sentences = [
    ...(learned.length === 0 ? [] : [l10n.t('Learned from it: {0}.', learned.join(', '))]),
    ...(unknown.length === 0 ? [] : [l10n.t('May have learned from it: {0}.', unknown.join(', '))]),
  ];
  return sentences.length === 0 ? l10n.t('No adapter learned from it.') : sentences.join(' ');
}

/** What forgetting something leaves behind. */
export function leftBehindSentence({ learned, unknown }: Learners): string {
  const knowing = [...learned, ...unknown];
  const names = knowing.join(', ');
  if (knowing.length === 0) return l10n.t('No adapter learned from that.');
  if (learned.length > 0)
    return knowing.length === 1
      ? l10n.t('Adapter {0} learned from that, which stays in it.', names)
      : l10n.t('Adapters {0} learned from that, which stays in them.', names);
  return knowing.length === 1
    ? l10n.t('Adapter {0} may have learned from that, which stays in it.', names)
    : l10n.t('Adapters {0} may have learned from that, which stays in them.', names);
}

/** How many records of a file or a day were forgotten. */
export function forgottenSentence(count: number, of: string): string {
  return count === 1
    ? l10n.t('1 record of {0} is forgotten.', of)
    : l10n.t('{0} records of {1} are forgotten.', count, of);
}

/** Whether so many records of a file or a day shall be forgotten. */
export function forgetQuestion(count: number, of: string): string {
  return count === 1
    ? l10n.t('Forget 1 record of {0}?', of)
    : l10n.t('Forget {0} records of {1}?', count, of);
}

/** Whether all records shall be forgotten. */
export function forgetAllQuestion(count: number): string {
  return count === 1
    ? l10n.t('Forget the 1 stored record?')
    : l10n.t('Forget all {0} stored records?', count);
}

/** What was kept out of the store so far, by reason. */
export function notStoredSentence(notStored: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(notStored).map(
    ([reason, times]) => `${times} × ${notStorableWords(reason)}`,
  );
  return reasons.length === 0
    ? l10n.t('Nothing had to be kept out so far.')
    : l10n.t('Kept out so far: {0}.', reasons.join(', '));
}
