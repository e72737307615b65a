import * as z from 'zod';
import {
  importedRecordSchema,
  importUriOf,
  isImportUri,
  type ImportedExample,
  type ImportedRecord,
} from '../../feedback/completionRecord.ts';
import { pathElsewhere, pathHere } from '../../feedback/files/filePath.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { sha256OfJson } from '../canonicalJson.ts';
import {
  implicitPreferenceRowSchema,
  markedHead,
  preferenceRowSchema,
  promptTakenOut,
  promptCompletionRowSchema,
  promptOnlyRowSchema,
  unpairedPreferenceRowSchema,
} from './trlRows.ts';

/** Where rows come from. */
export interface ImportSource {
  /** Name of the file, by which the import is known from then on. */
  readonly fileName: string;
  readonly importedAtMs: number;
}

/** What a line of a file is: a record to keep, or why it is none. */
export type ImportedLine =
  | { readonly kind: 'record'; readonly record: ImportedRecord }
  | { readonly kind: 'refused'; readonly why: Sentence };

const absent = z.null().optional();

/** One row of any shape of TRL's, with what it says. */
const rowSchema = z.union([
  preferenceRowSchema.transform((row) => ({ row, example: preferenceOf(row) })),
  implicitPreferenceRowSchema.transform((row) => ({ row, example: preferenceOf(row) })),
  unpairedPreferenceRowSchema.transform((row) => ({ row, example: unpairedOf(row) })),
  // A row with more than that has a shape of its own, which it got wrong: a refused text must not be learned as a good one.
  promptCompletionRowSchema
    .extend({ label: absent })
    .transform((row) => ({ row, example: completionOf(row) })),
  promptOnlyRowSchema
    .extend({ completion: absent, chosen: absent, rejected: absent })
    .transform((row) => ({ row, example: { kind: 'prompt-only' } satisfies ImportedExample })),
]);

/** One row as a record. The same row of a file of the same name is always the same record. */
export function importRow(value: unknown, { fileName, importedAtMs }: ImportSource): ImportedLine {
  const parsed = rowSchema.safeParse(value);
  if (!parsed.success) return { kind: 'refused', why: whyNoRow(value) };
  const { row, example } = parsed.data;
  const { prompt, suffix = '', language: languageId = '', group_id: groupId } = row;
  const head = markedHead(suffix);
  const prefix = prompt.startsWith(head) ? prompt.slice(head.length) : prompt;
  const place = placeOf(row, fileName);
  const asked = { ...place, languageId, offset: prefix.length, prefix, suffix };
  const id = `imported-${sha256OfJson([asked, withoutWeight(example)]).slice(0, 32)}`;
  const record = { id, ...asked, ...(groupId && { groupId }), importedFrom: fileName, importedAtMs, example };
  return { kind: 'record', record: importedRecordSchema.parse(record) };
}

/** What a row says, however much: its weight makes it no other one. */
function withoutWeight(example: ImportedExample): ImportedExample {
  if (example.kind !== 'preference' && example.kind !== 'unpaired-preference') return example;
  return { ...example, weight: undefined };
}

/** Only a row that says both when and where it was has a place among the user's own work. */
function placeOf(
  { document, at_ms: atMs }: { document?: string | undefined; at_ms?: number | undefined },
  fileName: string,
) {
  if (document === undefined || atMs === undefined || isImportUri(document) || !isSoundUri(document)) {
    return { atMs: 0, documentUri: importUriOf(fileName) };
  }
  return { atMs, documentUri: document };
}

function isSoundUri(uri: string): boolean {
  return !uri.startsWith('file:') || (pathHere(uri) ?? pathElsewhere(uri)) !== undefined;
}

function completionOf({ completion, weight = 1 }: z.output<typeof promptCompletionRowSchema>) {
  return { kind: 'prompt-completion', completion, weight } satisfies ImportedExample;
}

function preferenceOf({
  chosen,
  rejected,
  evidence = 'behaviour',
  ...row
}: Omit<z.output<typeof preferenceRowSchema>, 'prompt'>) {
  return { kind: 'preference', chosen, rejected, evidence, ...weightOf(row) } satisfies ImportedExample;
}

function unpairedOf({ completion, label, ...row }: z.output<typeof unpairedPreferenceRowSchema>) {
  return { kind: 'unpaired-preference', completion, label, ...weightOf(row) } satisfies ImportedExample;
}

/** Absent where the row has none: then it has an equal share of its prompt. */
function weightOf({ weight }: { readonly weight?: number | undefined }): { readonly weight?: number } {
  return weight === undefined ? {} : { weight };
}

/** What is wrong with a row, in words that name TRL's shapes. */
function whyNoRow(value: unknown): Sentence {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return sentence`It is no JSON object.`;
  const { prompt, chosen, rejected } = value as Readonly<Record<string, unknown>>;
  if ([prompt, chosen, rejected].some(Array.isArray))
    return sentence`It is a conversation; only rows of plain text can be completed.`;
  const hasBoth = typeof chosen === 'string' && typeof rejected === 'string';
  if (prompt == null && hasBoth && promptTakenOut({ chosen, rejected }).prompt === '')
    return sentence`It has no prompt, and chosen and rejected do not begin alike with one.`;
  if (typeof prompt !== 'string' && !hasBoth) return sentence`It has no text in the column prompt.`;
  const misread = misreadColumn(value);
  if (misread !== undefined) return misread;
  const columns = Object.keys(value).join(', ');
  return sentence`Its columns (${columns}) are none of TRL’s shapes: completion, completion and label, chosen and rejected, or the prompt alone.`;
}

/** The columns that are read, each with what it may hold. */
const columnSchemas = { ...preferenceRowSchema.shape, ...unpairedPreferenceRowSchema.shape };

/** What a column takes that takes no text. */
const taken: Readonly<Record<string, Sentence>> = {
  weight: sentence`a number above 0, at most 1`,
  at_ms: sentence`a number from 0 on`,
  label: sentence`true or false`,
  evidence: sentence`ranking or behaviour`,
};

/** As much of what stands in a column as one has to see of it. */
const shownChars = 40;

/** What is wrong with the first column of a row that holds what it does not take. */
function misreadColumn(row: object): Sentence | undefined {
  const columns = Object.entries(row).filter(([, value]) => value !== null);
  const [name, value] =
    columns.find(([name, value]) => columnOf(name)?.safeParse(value).success === false) ?? [];
  if (name === undefined) return undefined;
  const shown = JSON.stringify(value).slice(0, shownChars);
  return sentence`Its column ${name} holds ${shown}; it takes ${taken[name] ?? sentence`text`}.`;
}

function columnOf(name: string): z.ZodType | undefined {
  return Object.entries(columnSchemas).find(([known]) => known === name)?.[1];
}
