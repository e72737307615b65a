import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  completionRecordSchema,
  demonstrationRecordSchema,
  rankingRecordSchema,
  type CompletionRecord,
  type DemonstrationRecord,
  type RankingRecord,
} from './completionRecord.ts';
import { guarded, openDatabaseForReading } from './feedbackDatabase.ts';
import type { FeedbackCounts, FeedbackReader } from './feedbackStore.ts';
import { completionOutcomeSchema, type CompletionOutcome } from './outcome.ts';

/** What a stored record is. */
export type RecordKind = 'completion' | 'ranking' | 'demonstration';

const kindSchema = z.enum(['completion', 'ranking', 'demonstration']);
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

  completions(): CompletionRecord[] {
    return this.#read('completion', completionRecordSchema);
  }

  rankings(): RankingRecord[] {
    return this.#read('ranking', rankingRecordSchema);
  }

  demonstrations(): DemonstrationRecord[] {
    return this.#read('demonstration', demonstrationRecordSchema);
  }

  counts(): FeedbackCounts {
    return guarded(this.#path, () => {
      const damagedIds = this.#knownDamaged();
      const rows = this.#all('SELECT id, kind, outcome, noCompletionReason FROM record', countedRowSchema);
      const sound = rows.filter(({ id }) => !damagedIds.has(id));
      const counters = this.#all('SELECT name, reason, times FROM counter', counterRowSchema);
      return countsOf(sound, rows.length - sound.length, counters);
    });
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

  #knownDamaged(): Set<string> {
    const sql = 'SELECT id FROM record WHERE NOT json_valid(body)';
    this.#damagedIds ??= new Set(this.#all(sql, idRowSchema).map(({ id }) => id));
    return this.#damagedIds;
  }

  #all<T>(sql: string, schema: z.ZodType<T>): T[] {
    return this.#database
      .prepare(sql)
      .all()
      .map((row) => schema.parse(row));
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
