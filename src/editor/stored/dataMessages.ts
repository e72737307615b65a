// The small build of zod: the page holds all of it.
import * as z from 'zod/mini';
import { entryGroups } from '../../report/entryGroups.ts';

/*
 * What the extension and the page 'What Is Stored' say to each other. Both ends parse what arrives.
 */

/**
 * What can be shown: records, all or some, `corrected` those on which the user had a word; or what a retraining makes
 * of them.
 */
const dataGroups = [
  ...(['all', ...entryGroups, 'corrected'] as const),
  ...(['demonstrations', 'preferences'] as const),
] as const;

/** Of which kind the rows of a page are. */
const dataLists = ['records', 'demonstrations', 'preferences'] as const;

export type DataList = (typeof dataLists)[number];

const id = z.string();
const count = z.number().check(z.nonnegative(), z.int());
const correction = z.enum(['kept', 'refused', 'none']);
const reason = z.object({ certainty: z.enum(['sure', 'inferred']), sentence: z.string() });

const row = z.object({
  id,
  /** When it was, as people write it. */
  when: z.string(),
  /** The file's name, or the import's. */
  file: z.string(),
  documentUri: z.string(),
  group: z.enum(entryGroups),
  isCorrected: z.boolean(),
  fate: z.string(),
  text: z.string(),
  /** What one of several rows of a record is about, where rows are what a retraining makes of records. */
  lesson: z.optional(
    z.object({
      /** Which of its record's. */
      index: count,
      /** Empty for silence, as `beside`. */
      text: z.string(),
      /** Of a preference: the other text. Of a demonstration: how much it counts. */
      beside: z.string(),
      why: reason,
    }),
  ),
});

export type DataRow = z.infer<typeof row>;

const detail = z.object({
  ...row.shape,
  languageId: z.string(),
  promptTail: z.string(),
  texts: z.array(z.object({ name: z.string(), text: z.string() })),
  reasons: z.array(reason),
  lessons: z.array(z.string()),
  correction: z.optional(correction),
  isCorrectable: z.boolean(),
  /** Whether it is known when it was. */
  isDated: z.boolean(),
  /** Which adapters learned from it, in a sentence. */
  learners: z.string(),
});

export type DataDetail = z.infer<typeof detail>;

/** What the extension tells the page. */
export const toDataPageSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rows'),
    list: z.enum(dataLists),
    rows: z.array(row),
    offset: count,
    /** How many fit the search in all. */
    matching: count,
    /** How many are known so far. */
    total: count,
    isReading: z.boolean(),
    /** What was kept out of the store, in a sentence. */
    notStored: z.string(),
  }),
  z.object({ kind: z.literal('detail'), detail }),
  /** The record is not stored any more. */
  z.object({ kind: z.literal('gone'), id }),
  /** Something was done; what can be done about it is on the buttons. */
  z.object({ kind: z.literal('done'), sentence: z.string(), canUndo: z.boolean(), canRetrain: z.boolean() }),
  /** What was done cannot be undone any more. */
  z.object({ kind: z.literal('final') }),
]);

export type ToDataPage = z.infer<typeof toDataPageSchema>;

/** What the page tells the extension. */
export const fromDataPageSchema = z.discriminatedUnion('kind', [
  /** The page is there, or looks for other rows. */
  z.object({ kind: z.literal('look'), search: z.string(), group: z.enum(dataGroups), offset: count }),
  z.object({ kind: z.literal('select'), id }),
  /** null takes a correction back. */
  z.object({ kind: z.literal('correct'), id, label: z.nullable(correction) }),
  z.object({ kind: z.literal('forget'), id, what: z.enum(['record', 'file', 'day']) }),
  z.object({ kind: z.enum(['undo', 'retrainWithout', 'refresh', 'export', 'import', 'forgetEverything']) }),
]);

export type FromDataPage = z.infer<typeof fromDataPageSchema>;

/** As many rows as a page shows at a time. */
export const rowsOfPage = 100;
