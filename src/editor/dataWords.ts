import type { Learners } from '../process/forgetRecords.ts';
import type { EntryDetail, StoredEntry } from '../report/storedEntry.ts';
import type { DataDetail, DataRow } from './dataMessages.ts';

/** An entry as a row of the page. */
export function dataRow({ documentUri, atMs, ...entry }: StoredEntry): DataRow {
  const { id, group, isCorrected, fate, text } = entry;
  return { id, group, isCorrected, fate, text, documentUri, when: whenOf(atMs), file: fileName(documentUri) };
}

/** A detail as the page shows it. */
export function dataDetail(detail: EntryDetail, learners: Learners): DataDetail {
  const { languageId, promptTail, texts, reasons, lessons, correction, isCorrectable } = detail;
  return {
    ...dataRow(detail),
    ...{ languageId, promptTail, isCorrectable, learners: learnersSentence(learners) },
    ...{ texts: [...texts], reasons: [...reasons], lessons: [...lessons] },
    ...(correction === undefined ? {} : { correction }),
  };
}

/** The file's name, or that of the file it was imported from. */
export function fileName(documentUri: string): string {
  const last = documentUri.split(/[/:]/).at(-1) ?? documentUri;
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

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

/** Imports without a time are older than all else, and say so by a dash. */
function whenOf(atMs: number): string {
  return atMs === 0 ? '–' : moments.format(atMs);
}

/** Which adapters learned from what is shown. */
export function learnersSentence({ learned, unknown }: Learners): string {
  const sentences = [
    ...(learned.length === 0 ? [] : [`Learned from it: ${learned.join(', ')}.`]),
    ...(unknown.length === 0 ? [] : [`May have learned from it: ${unknown.join(', ')}.`]),
  ];
  return sentences.length === 0 ? 'No adapter learned from it.' : sentences.join(' ');
}

/** What was forgotten, and what that leaves behind. */
export function forgottenSentence(what: string, { learned, unknown }: Learners): string {
  const knowing = [...learned, ...unknown];
  if (knowing.length === 0) return `${what} forgotten. No adapter learned from that.`;
  const may = learned.length === 0 ? 'may have learned' : 'learned';
  return `${what} forgotten. Adapter ${knowing.join(', ')} ${may} from that, which stays in it.`;
}

/** How many records something is. */
export function recordsWords(count: number): string {
  return count === 1 ? '1 record' : `${count} records`;
}

/** What was kept out of the store so far, by reason. */
export function notStoredSentence(notStored: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(notStored).map(
    ([reason, times]) => `${times} × ${reasonWords[reason] ?? reason}`,
  );
  return reasons.length === 0
    ? 'Nothing had to be kept out so far.'
    : `Kept out so far: ${reasons.join(', ')}.`;
}

/** `NotStorableReason` in words. */
const reasonWords: Readonly<Record<string, string>> = {
  foreignDocument: 'no file of yours',
  secretFile: 'a file that holds keys',
  excludedByUser: 'a file you excluded',
  gitIgnored: 'a file that Git ignores',
  secretInText: 'a text with something like a key',
};
