import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import {
  completionRecordSchema,
  demonstrationRecordSchema,
  importedRecordSchema,
  isImportUri,
  rankingRecordSchema,
  type StoredRecord,
} from '../../feedback/completionRecord.ts';
import { fileError, fileErrorFrom } from '../../feedback/errors.ts';
import { renamingSchema, type Renaming } from '../../feedback/files/documentNames.ts';
import { exportFeedback } from '../../feedback/storing/exportFeedback.ts';
import type { FeedbackReader, FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { textsOf, whyNotStorable } from '../../feedback/storing/screenedSink.ts';
import type { StorageRules } from '../../feedback/storing/storable.ts';
import { writeWhole } from '../../feedback/storing/writeWhole.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { told } from '../../sentences/told.ts';
import { splitExamples } from '../../trainer/data/dataset.ts';
import { defaultHyperparameters } from '../../trainer/hyperparameters.ts';
import { importRow, type ImportSource } from '../../trainer/data/importTrl.ts';
import {
  jsonLine,
  markedPrompt,
  plainPrompt,
  trlFormats,
  trlRows,
  type TrlFormat,
} from '../../trainer/data/trlRows.ts';
import { notStorableWords } from '../notStorableWords.ts';
import { splitLines } from './splitLines.ts';

/** What a file of feedback can hold: the records as they are, or what is learned from them in TRL's shapes. */
export const exportFormats = ['records', ...trlFormats] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** How feedback is written to a file. */
export interface ExportSettings {
  readonly format: ExportFormat;
  /** Whether prompts have fill-in-the-middle marks (see `markedPrompt`); not for records. */
  readonly isMarked?: boolean | undefined;
}

/** What was written. */
export interface Exported {
  readonly rows: number;
  /** Answered places that stay out, because adapters are judged on them. 0 for records: those are whole. */
  readonly heldOut: number;
}

/**
 * Writes feedback to a file, one JSON object a line. In TRL's shapes the newest work stays out: whoever
 * trains on it elsewhere brings back an adapter that is judged by it here.
 *
 * The file appears whole or not at all. Throws a StoreError when the disk does not take it.
 */
export async function exportTo(
  path: string,
  reader: FeedbackReader,
  { format, isMarked = false }: ExportSettings,
  signal?: AbortSignal,
): Promise<Exported> {
  if (format === 'records') return { rows: await exportFeedback(reader, path, signal), heldOut: 0 };
  const { training, heldOut } = splitExamples(reader, defaultHyperparameters);
  const rows = trlRows(format, training, isMarked ? markedPrompt : plainPrompt);
  await writeWhole(path, jsonLinesOf(rows), signal);
  return { rows: rows.length, heldOut: heldOutOf(format, heldOut) };
}

function* jsonLinesOf(rows: readonly object[]): Generator<string> {
  for (const row of rows) yield jsonLine(row);
}

/** What was written, in a sentence or two for the user. */
export function exportedSentence(
  path: string,
  { format }: ExportSettings,
  { rows, heldOut }: Exported,
): string {
  const written = format === 'records' ? recordsWritten(rows, path) : rowsWritten(rows, path);
  return heldOut === 0 ? written : `${written} ${keptBack(heldOut)}`;
}

function recordsWritten(count: number, path: string): string {
  return count === 1
    ? l10n.t('1 record was written to {0}.', path)
    : l10n.t('{0} records were written to {1}.', count, path);
}

function rowsWritten(count: number, path: string): string {
  return count === 1
    ? l10n.t('1 row was written to {0}.', path)
    : l10n.t('{0} rows were written to {1}.', count, path);
}

function keptBack(count: number): string {
  return count === 1
    ? l10n.t('1 more is of the newest work; it stays here, because adapters are judged by it.')
    : l10n.t('{0} more are of the newest work; they stay here, because adapters are judged by it.', count);
}

function heldOutOf(format: TrlFormat, heldOut: Parameters<typeof trlRows>[1]): number {
  return trlRows(format, heldOut, plainPrompt).length;
}

/** What became of the lines of a file. */
export interface Imported {
  /** Records that are stored now and were not before. */
  readonly added: number;
  /** Lines whose record was stored already. */
  readonly known: number;
  /** Lines that may not be stored, by reason. */
  readonly notStored: Readonly<Record<string, number>>;
  /** Lines that hold no example, the first few with why. */
  readonly refused: number;
  readonly problems: readonly LineProblem[];
}

/** Why a line of a file, counted from 1, holds no example. */
export interface LineProblem {
  readonly line: number;
  readonly why: Sentence;
}

/** More of these would push the count off the screen. */
const maxProblems = 5;

/** How a file is read into a store. */
export interface ImportRules {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly rules: StorageRules;
  /** Aborted when the user wants none of it. Absent: never. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a file of JSON Lines into a store: records as `exportTo` writes them, and rows in any of TRL's
 * shapes. What may not be stored is not; a bad line is skipped and told. All of the file is looked at before
 * anything is stored, and one that is cancelled leaves the store as it was; one that dies while it stores can be
 * done again. Throws a StoreError when the file cannot be read.
 */
export async function importFrom(
  path: string,
  store: Pick<
    FeedbackStore,
    'find' | 'addAll' | 'deleteRecords' | 'countNotStored' | 'renamings' | 'noteRenamed'
  >,
  { nowMs, rules, signal }: ImportRules,
): Promise<Imported> {
  const source = { fileName: basename(path), importedAtMs: nowMs };
  const tally = { known: 0, notStored: {} as Record<string, number>, refused: 0 };
  const news = new Map<string, StoredRecord>();
  const renamings: Renaming[] = [];
  const problems: LineProblem[] = [];
  let lineNumber = 0;
  for await (const line of linesOf(path, signal)) {
    signal?.throwIfAborted();
    lineNumber += 1;
    if (line?.trim() === '') continue;
    const read = readLine(line, source);
    if (read.kind === 'renaming') {
      renamings.push(read.renaming);
    } else if (read.kind === 'refused') {
      tally.refused += 1;
      if (problems.length < maxProblems) problems.push({ line: lineNumber, why: read.why });
    } else if (news.has(read.record.id) || store.find(read.record.id) !== undefined) {
      tally.known += 1;
    } else {
      const reason = await whyNotKept(read, rules);
      if (reason === undefined) news.set(read.record.id, read);
      else tally.notStored[reason] = (tally.notStored[reason] ?? 0) + 1;
    }
  }
  const added = await addInSteps([...news.values()], store, signal);
  noteNews(renamings, store);
  for (const [reason, times] of Object.entries(tally.notStored))
    for (let counted = 0; counted < times; counted++) store.countNotStored(reason);
  return { ...tally, added, known: tally.known + news.size - added, problems };
}

/** Stored in some 20 ms. */
const recordsAtOnce = 100;

/**
 * Stores records and gives how many were not stored yet. Rests after each step for as long as that took: a window that has
 * something to store gives up after two seconds, and an export of a full store takes longer. Cancelled, it takes the steps
 * back in which nobody else had stored any.
 */
async function addInSteps(
  records: readonly StoredRecord[],
  store: Pick<FeedbackStore, 'addAll' | 'deleteRecords'>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let added = 0;
  const own: string[] = [];
  for (let start = 0; start < records.length && signal?.aborted !== true; start += recordsAtOnce) {
    const startedMs = performance.now();
    const step = records.slice(start, start + recordsAtOnce);
    const count = store.addAll(step);
    if (count === step.length) own.push(...step.map(({ record }) => record.id));
    added += count;
    await rest(performance.now() - startedMs);
  }
  if (signal?.aborted === true) store.deleteRecords(own);
  signal?.throwIfAborted();
  return added;
}

/** No example needs more by far, and a file that is something else may be one line of gigabytes. */
const maxLineChars = 2 ** 22;

const storedRecordSchema = z.union([
  completionRecordSchema.extend({ kind: z.literal('completion') }),
  rankingRecordSchema.extend({ kind: z.literal('ranking') }),
  demonstrationRecordSchema.extend({ kind: z.literal('demonstration') }),
  importedRecordSchema.extend({ kind: z.literal('imported') }),
]);

const kindOfRecordSchema = z.object({ kind: z.enum(['completion', 'ranking', 'demonstration', 'imported']) });

/** What a line of a file holds. */
type ReadLine =
  | StoredRecord
  | { readonly kind: 'renaming'; readonly renaming: Renaming }
  | { readonly kind: 'refused'; readonly why: Sentence };

const storedRenamingSchema = renamingSchema.extend({ kind: z.literal('renaming') });

/** The record of a line, or why it has none; `undefined` is a line that is too long. */
function readLine(line: string | undefined, source: ImportSource): ReadLine {
  if (line === undefined) return refused(sentence`It is longer than ${maxLineChars} characters.`);
  const value = parseJson(line);
  if (value === undefined) return refused(sentence`It is no JSON.`);
  const renaming = storedRenamingSchema.safeParse(value);
  if (renaming.success) return { kind: 'renaming', renaming: renaming.data };
  const { data } = storedRecordSchema.safeParse(value);
  if (data !== undefined) {
    const { kind, ...record } = data;
    return { kind, record } as StoredRecord;
  }
  const row = importRow(value, source);
  if (row.kind === 'record') return { kind: 'imported', record: row.record };
  if (!kindOfRecordSchema.safeParse(value).success) return refused(row.why);
  return refused(sentence`It is an exported record, but damaged, or of a newer Attune.`);
}

function refused(why: Sentence): ReadLine {
  return { kind: 'refused', why };
}

/** Notes what is not noted yet: a file that is read twice adds nothing. */
function noteNews(
  renamings: readonly Renaming[],
  store: Pick<FeedbackStore, 'renamings' | 'noteRenamed'>,
): void {
  const keyOf = ({ fromUri, toUri, atMs }: Renaming): string => JSON.stringify([fromUri, toUri, atMs]);
  const known = new Set(store.renamings().map(keyOf));
  for (const { fromUri, toUri, atMs } of renamings)
    if (!known.has(keyOf({ fromUri, toUri, atMs }))) store.noteRenamed({ fromUri, toUri, atMs });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A row without a document comes from no file of this machine, so only its texts can forbid it. */
async function whyNotKept(stored: StoredRecord, rules: StorageRules): Promise<string | undefined> {
  const { documentUri } = stored.record;
  const asked = isImportUri(documentUri)
    ? { ...stored.record, documentUri: 'untitled:import' }
    : stored.record;
  return whyNotStorable(asked, textsOf(stored), rules);
}

async function* linesOf(path: string, signal: AbortSignal | undefined): AsyncGenerator<string | undefined> {
  const file = await open(path).catch((error: unknown) => {
    throw fileErrorFrom(error, 'read', path);
  });
  try {
    if ((await file.stat()).isDirectory()) throw fileError('read', path, 'folder');
    const texts = decoded(file.createReadStream({ autoClose: false }));
    yield* splitLines(texts, { signal, maxChars: maxLineChars });
  } finally {
    await file.close();
  }
}

/** Bytes as text, without the byte order mark that Windows' own programs begin one with. */
async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of chunks) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

/** What became of a file's lines, a sentence each, for the user. */
export function importedSentences(path: string, imported: Imported): string[] {
  const { added, known, notStored, refused, problems } = imported;
  const notKept = Object.entries(notStored).map(
    ([reason, times]) => `${times} (${notStorableWords(reason)})`,
  );
  return [
    added === 1
      ? l10n.t('1 record was imported from {0}.', path)
      : l10n.t('{0} records were imported from {1}.', added, path),
    ...(known === 0 ? [] : [knownSentence(known)]),
    ...(notKept.length === 0
      ? []
      : [l10n.t('Not stored, because they may not be: {0}.', notKept.join(', '))]),
    ...(refused === 0
      ? []
      : [l10n.t('Lines that hold no example: {0}.', refused), ...problems.map(problemSentence)]),
  ];
}

function knownSentence(count: number): string {
  return count === 1 ? l10n.t('1 was stored already.') : l10n.t('{0} were stored already.', count);
}

/** Why a line is no example, for the user. */
export function problemSentence({ line, why }: LineProblem): string {
  return l10n.t('Line {0}: {1}', line, told(why));
}
