import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import {
  completionRecordSchema,
  demonstrationRecordSchema,
  importedRecordSchema,
  rankingRecordSchema,
  type CompletionRecord,
  type DemonstrationRecord,
  type ImportedRecord,
  type RankingRecord,
  type StoredRecord,
} from '../completionRecord.ts';
import { namesOf, renamingSchema, type DocumentName, type Renaming } from '../files/documentNames.ts';
import { guarded, openDatabaseForReading } from './feedbackDatabase.ts';
import type { FeedbackCounts, FeedbackReader, RecordPage, RecordPlace } from './feedbackStore.ts';
import { completionOutcomeSchema, type CompletionOutcome } from '../following/outcome.ts';

/** What a stored record is. */
export type RecordKind = StoredRecord['kind'];

const kindSchema = z.enum(['completion', 'ranking', 'demonstration', 'imported']);
const storedRowSchema = z.object({
  rowNumber: z.number(),
  kind: kindSchema,
  atMs: z.number(),
  body: z.string(),
});
const idRowSchema = z.object({ id: z.string() });
const countedRowSchema = z.object({
  id: z.string(),
  kind: kindSchema,
  outcome: z.string().nullable(),
  noCompletionReason: z.string().nullable(),
});
const counterRowSchema = z.object({
  name: z.enum(['nothingOffered', 'notStored']),
  reason: z.string(),
  times: z.number(),
});

/** Imported records of work before a moment that came in after it. */
const importedLater = `
  SELECT COUNT(*) AS number FROM record WHERE kind = 'imported' AND atMs <= ?
  AND CASE WHEN json_valid(body) THEN json_extract(body, '$.importedAtMs') > ? END`;

const outcomeKinds: ReadonlySet<string> = new Set(
  completionOutcomeSchema.options.map(({ shape }) => shape.kind.value),
);

/** A stored body as a record; undefined when it is damaged, or when there is none. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T | undefined {
  try {
    return schema.safeParse(JSON.parse(String(body))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads feedback from a database that this or another process writes. Damaged rows are left out. */
export class SqliteFeedbackReader implements FeedbackReader {
  readonly #database: DatabaseSync;
  readonly #path: string;
  /**
   * Rows found damaged: those that are no JSON at the first count, the others when they are read.
   * They are looked for once, because our own writes are whole and only others can damage a row.
   */
  #damagedIds: Set<string> | undefined;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  renamings(): Renaming[] {
    const sql = 'SELECT fromUri, toUri, atMs FROM renaming ORDER BY atMs, rowid';
    return guarded(this.#path, () => this.#all(sql, renamingSchema));
  }

  namesOf(documentUri: string): DocumentName[] {
    return namesOf(documentUri, this.renamings());
  }

  completions(): CompletionRecord[] {
    return this.#read('completion', completionRecordSchema);
  }

  rankings(): RankingRecord[] {
    return this.#read('ranking', rankingRecordSchema);
  }

  demonstrations(): DemonstrationRecord[] {
    return this.#read('demonstration', demonstrationRecordSchema);
  }

  imported(): ImportedRecord[] {
    return this.#read('imported', importedRecordSchema);
  }

  newest(limit: number, before: RecordPlace = { atMs: Infinity, rowNumber: 0 }): RecordPage {
    return guarded(this.#path, () => {
      const rows = this.#database
        .prepare(
          `SELECT rowid AS rowNumber, kind, atMs, body FROM record WHERE (atMs, rowid) < (?, ?)
           ORDER BY atMs DESC, rowid DESC LIMIT ?`,
        )
        .all(before.atMs, before.rowNumber, limit)
        .map((row) => storedRowSchema.parse(row));
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        records: rows.map(parseStored).filter((record) => record !== undefined),
        next: last && { atMs: last.atMs, rowNumber: last.rowNumber },
      };
    });
  }

  find(id: string): StoredRecord | undefined {
    return guarded(this.#path, () => {
      const sql = 'SELECT rowid AS rowNumber, kind, atMs, body FROM record WHERE id = ?';
      const row = this.#database.prepare(sql).get(id);
      return row && parseStored(storedRowSchema.parse(row));
    });
  }

  counts(): FeedbackCounts {
    return guarded(this.#path, () => {
      const damagedIds = this.#knownDamaged();
      const rows = this.#all('SELECT id, kind, outcome, noCompletionReason FROM record', countedRowSchema);
      const sound = rows.filter(({ id }) => !damagedIds.has(id));
      return countsOf(sound, rows.length - sound.length, this.#counters());
    });
  }

  recordCount(): number {
    // SQLite reads an index for it, where a record is some bytes.
    return this.#numberOf('SELECT COUNT(*) AS number FROM record');
  }

  recordCountSince(sinceMs: number): number {
    const byTime = 'SELECT COUNT(*) AS number FROM record WHERE atMs > ?';
    return this.#numberOf(byTime, sinceMs) + this.#numberOf(importedLater, sinceMs, sinceMs);
  }

  notStored(): FeedbackCounts['notStored'] {
    return guarded(this.#path, () => timesOf(this.#counters(), 'notStored'));
  }

  close(): void {
    this.#database.close();
  }

  #read<T>(kind: RecordKind, schema: z.ZodType<T>): T[] {
    return guarded(this.#path, () => {
      const rows = this.#database.prepare('SELECT id, body FROM record WHERE kind = ? ORDER BY atMs, rowid');
      const records = Array.from(rows.iterate(kind), ({ id, body }) => {
        const record = parseBody(schema, body);
        if (record === undefined) this.#knownDamaged().add(String(id));
        return record;
      });
      return records.filter((record) => record !== undefined);
    });
  }

  #numberOf(sql: string, ...values: readonly number[]): number {
    return guarded(this.#path, () => Number(this.#database.prepare(sql).get(...values)?.['number']));
  }

  #knownDamaged(): Set<string> {
    const sql = 'SELECT id FROM record WHERE NOT json_valid(body)';
    this.#damagedIds ??= new Set(this.#all(sql, idRowSchema).map(({ id }) => id));
    return this.#damagedIds;
  }

  #counters(): z.infer<typeof counterRowSchema>[] {
    return this.#all('SELECT name, reason, times FROM counter', counterRowSchema);
  }

  #all<T>(sql: string, schema: z.ZodType<T>): T[] {
    return this.#database
      .prepare(sql)
      .all()
      .map((row) => schema.parse(row));
  }
}

function parseStored({ kind, body }: z.infer<typeof storedRowSchema>): StoredRecord | undefined {
  const of = <K extends RecordKind, T>(name: K, schema: z.ZodType<T>) => {
    const record = parseBody(schema, body);
    return record && { kind: name, record };
  };
  switch (kind) {
    case 'completion':
      return of(kind, completionRecordSchema);
    case 'ranking':
      return of(kind, rankingRecordSchema);
    case 'demonstration':
      return of(kind, demonstrationRecordSchema);
    case 'imported':
      return of(kind, importedRecordSchema);
  }
}

/**
 * The feedback at a path for reading only, while the editor may be writing to it. Throws a StoreError
 * when it is missing or cannot be read.
 */
export function openFeedbackReader(path: string): SqliteFeedbackReader {
  return new SqliteFeedbackReader(openDatabaseForReading(path), path);
}

function countsOf(
  rows: readonly z.infer<typeof countedRowSchema>[],
  damaged: number,
  counters: readonly z.infer<typeof counterRowSchema>[],
): FeedbackCounts {
  const ofKind = (kind: RecordKind) => rows.filter((row) => row.kind === kind).length;
  const reasons = rows.flatMap(({ noCompletionReason }) => noCompletionReason ?? []);
  return {
    completions: ofKind('completion'),
    rankings: ofKind('ranking'),
    demonstrations: ofKind('demonstration'),
    imported: ofKind('imported'),
    outcomes: tally(rows.flatMap(({ outcome }) => (isOutcomeKind(outcome) ? outcome : []))),
    nothingOffered: tally(reasons, timesOf(counters, 'nothingOffered')),
    notStored: timesOf(counters, 'notStored'),
    damaged,
  };
}

function timesOf(
  counters: readonly z.infer<typeof counterRowSchema>[],
  name: string,
): Record<string, number> {
  return Object.fromEntries(
    counters.filter((row) => row.name === name).map(({ reason, times }) => [reason, times]),
  );
}

/** How often each key occurs, added to what was counted before. */
function tally(
  keys: readonly string[],
  before: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const times = new Map(Object.entries(before));
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  return Object.fromEntries(times);
}

function isOutcomeKind(outcome: string | null): outcome is CompletionOutcome['kind'] {
  return outcome !== null && outcomeKinds.has(outcome);
}
