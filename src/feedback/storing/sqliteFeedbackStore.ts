import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CompletionId } from '../../completion/completion.ts';
import {
  completionRecordSchema,
  type CompletionRecord,
  type Correction,
  type DemonstrationRecord,
  type RankingRecord,
  type StoredRecord,
  type Survival,
  withCorrection,
} from '../completionRecord.ts';
import { storeError } from '../errors.ts';
import type { DocumentName, Renaming } from '../files/documentNames.ts';
import {
  deleteMovedAside,
  guarded,
  inTransaction,
  openDatabase,
  withoutWaiting,
} from './feedbackDatabase.ts';
import type { FeedbackStore, GrownText, OutcomeReport } from './feedbackStore.ts';
import { fileOf, isAtOrBelow } from '../files/fileOf.ts';
import { parseBody, SqliteFeedbackReader, type RecordKind } from './sqliteFeedbackReader.ts';

/** A store at its limit is cut to this share of it, so that it is not at its limit again at once. */
const keptShare = 0.95;

/** A record takes some 15 KB, so each step is a few milliseconds. */
const oldestAtOnce = 20;

const deleteOldest = 'DELETE FROM record WHERE rowid IN (SELECT rowid FROM record ORDER BY atMs LIMIT ?)';

/** An open store, and where a damaged one was put that stood in its place. */
export interface OpenedStore {
  readonly store: FeedbackStore;
  /** Absent when the file was sound or new; otherwise the user is told (`movedAsideNotice`). */
  readonly movedAside?: string;
}

/** The feedback store at a path, made when there is none. Throws a StoreError when it cannot be had. */
export function openFeedbackStore(path: string, nowMs: number): OpenedStore {
  const { database, ...aside } = openDatabase(path, nowMs);
  return { store: new SqliteFeedbackStore(database, path), ...aside };
}

/**
 * Feedback in one SQLite file. Each call is one transaction: when it returns, a killed process loses
 * nothing of it; when it throws a StoreError, nothing of it was written.
 */
export class SqliteFeedbackStore extends SqliteFeedbackReader implements FeedbackStore {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #insert: StatementSync;
  readonly #selectBody: StatementSync;
  readonly #updateBody: StatementSync;
  readonly #count: StatementSync;
  readonly #noteRenaming: StatementSync;
  readonly #fileId: bigint | undefined;
  /** Whether the log may still hold deleted text. */
  #isLogToEmpty = false;

  /** @param database as `openDatabase` gives it; closed with the store. */
  constructor(database: DatabaseSync, path: string) {
    super(database, path);
    this.#database = database;
    this.#path = path;
    this.#fileId = fileIdOf(path);
    this.#insert = database.prepare(
      `INSERT INTO record (id, kind, documentUri, atMs, policyId, outcome, noCompletionReason, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    );
    this.#selectBody = database.prepare(`SELECT body FROM record WHERE id = ? AND kind = 'completion'`);
    this.#updateBody = database.prepare('UPDATE record SET body = ?, outcome = ? WHERE id = ?');
    this.#count = database.prepare(
      `INSERT INTO counter (name, reason, times) VALUES (?, ?, 1)
       ON CONFLICT (name, reason) DO UPDATE SET times = times + 1`,
    );
    this.#noteRenaming = database.prepare('INSERT INTO renaming (fromUri, toUri, atMs) VALUES (?, ?, ?)');
  }

  addCompletion(record: CompletionRecord): void {
    this.#add('completion', record);
  }

  addRanking(record: RankingRecord): void {
    this.#add('ranking', record);
  }

  addDemonstration(record: DemonstrationRecord): void {
    this.#add('demonstration', record);
  }

  addAll(records: readonly StoredRecord[]): number {
    // Whoever else writes waits only for the inserts.
    const rows = records.map(({ kind, record }) => rowOf(kind, record));
    const insertAll = (): number =>
      rows.reduce((count, row) => count + Number(this.#insert.run(...row).changes), 0);
    return this.#write(() => inTransaction(this.#database, insertAll));
  }

  correct(id: CompletionId, correction: Correction | undefined): void {
    this.#change(id, (record) => withCorrection(record, correction));
  }

  growCompletion({ id, ...grown }: GrownText): void {
    this.#change(id, (record) => ({ ...record, ...grown }));
  }

  setOutcome({ id, ...report }: OutcomeReport): void {
    this.#change(id, (record) => ({ ...record, ...report }));
  }

  addSurvival(id: CompletionId, survival: Survival): void {
    this.#change(id, (record) => {
      const others = record.survival.filter(({ afterMs }) => afterMs !== survival.afterMs);
      return { ...record, survival: [...others, survival].sort((a, b) => a.afterMs - b.afterMs) };
    });
  }

  setFinalText(id: CompletionId, finalText: string): void {
    this.#change(id, (record) => ({ ...record, finalText }));
  }

  noteRenamed({ fromUri, toUri, atMs }: Renaming): void {
    this.#guarded(() => {
      if (this.#hasOf(fromUri)) this.#noteRenaming.run(fromUri, toUri, atMs);
    });
  }

  countNothingOffered(reason: string): void {
    this.#guarded(() => this.#count.run('nothingOffered', reason));
  }

  countNotStored(reason: string): void {
    this.#guarded(() => this.#count.run('notStored', reason));
  }

  deleteRecords(ids: readonly string[]): number {
    return this.#guarded(() => {
      const remove = this.#database.prepare('DELETE FROM record WHERE id = ?');
      const count = inTransaction(this.#database, () =>
        ids.reduce((sum, id) => sum + Number(remove.run(id).changes), 0),
      );
      this.#emptyLog();
      return count;
    });
  }

  forgetDocument(documentUri: string): number {
    return this.#guarded(() => {
      const names = this.namesOf(documentUri);
      const count = inTransaction(this.#database, () => this.#forgetNames(names));
      this.#emptyLog();
      return count;
    });
  }

  keepWithin(maxBytes: number): number {
    return this.#guarded(() => {
      if (this.#usedBytes() <= maxBytes) return 0;
      let count = 0;
      for (let deleted = -1; deleted !== 0 && this.#usedBytes() > keptShare * maxBytes; count += deleted)
        deleted = Number(this.#database.prepare(deleteOldest).run(oldestAtOnce).changes);
      this.#emptyLog();
      return count;
    });
  }

  forgetEverything(): void {
    this.#guarded(() => {
      inTransaction(this.#database, () =>
        this.#database.exec('DELETE FROM record; DELETE FROM counter; DELETE FROM renaming'),
      );
      this.#database.exec('VACUUM');
      this.#emptyLog();
      deleteMovedAside(this.#path);
    });
  }

  /** Work that changes the file, unless another stands in its place: what is stored in one that was set aside is lost, and what is forgotten there stays in the other. */
  #guarded<T>(work: () => T): T {
    return guarded(this.#path, () => {
      if (fileIdOf(this.#path) !== this.#fileId) throw storeError('replaced', this.#path);
      return work();
    });
  }

  #add(kind: RecordKind, record: StoredRecord['record']): void {
    this.#write(() => this.#insert.run(...rowOf(kind, record)));
  }

  /** Changes a stored completion. One that is not stored, or damaged, stays as it is. */
  #change(id: CompletionId, change: (record: CompletionRecord) => CompletionRecord): void {
    this.#write(() => {
      inTransaction(this.#database, () => {
        const record = parseBody(completionRecordSchema, this.#selectBody.get(id)?.['body']);
        if (record === undefined) return;
        const changed = change(record);
        this.#updateBody.run(JSON.stringify(changed), changed.outcome?.kind ?? null, id);
      });
    });
  }

  /** Forgets the records of these names, and that the names were one document's. Gives how many records there were. */
  #forgetNames(names: readonly DocumentName[]): number {
    const record = this.#database.prepare(
      'DELETE FROM record WHERE documentUri = ? AND atMs > ? AND atMs <= ?',
    );
    const renaming = this.#database.prepare(
      'DELETE FROM renaming WHERE fromUri = ? AND atMs > ? AND atMs <= ?',
    );
    const known = this.#documentUris();
    return names.reduce((sum, { documentUri, afterMs = -Infinity, untilMs }) => {
      renaming.run(documentUri, afterMs, untilMs);
      const ofFile = known.filter((uri) => fileOf(uri) === documentUri);
      return ofFile.reduce((count, uri) => count + Number(record.run(uri, afterMs, untilMs).changes), sum);
    }, 0);
  }

  /** Whether there are records of a file or of a folder, or there were under a name from before. */
  #hasOf(uri: string): boolean {
    const renamed = this.#database.prepare('SELECT DISTINCT toUri FROM renaming').all();
    const names = renamed.map(({ toUri }) => String(toUri));
    const isKnown = [...this.#documentUris(), ...names].some((known) => isAtOrBelow(known, uri));
    return isKnown || names.some((name) => isAtOrBelow(uri, name));
  }

  /** Of all records; SQLite reads an index for it. */
  #documentUris(): string[] {
    const rows = this.#database.prepare('SELECT DISTINCT documentUri FROM record').all();
    return rows.map(({ documentUri }) => String(documentUri));
  }

  /** Bytes of the pages that hold something. */
  #usedBytes(): number {
    const numberOf = (name: string): number => Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
    return (numberOf('page_count') - numberOf('freelist_count')) * numberOf('page_size');
  }

  /** Writes the log into the database and cuts it to nothing, so that deleted text is in neither; at the next write where somebody reads just now. */
  #emptyLog(): void {
    this.#isLogToEmpty = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] !== 0;
  }

  /** A write of the store. Nobody is waited for who still reads what was deleted. */
  #write<T>(work: () => T): T {
    return this.#guarded(() => {
      const result = work();
      if (this.#isLogToEmpty) withoutWaiting(this.#database, () => this.#emptyLog());
      return result;
    });
  }
}

/** What tells a file from another that is put in its place; undefined where there is none. */
function fileIdOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** A record as the values of its row. */
function rowOf(kind: RecordKind, record: StoredRecord['record']) {
  const { id, documentUri, atMs } = record;
  const policyId = 'policyId' in record ? record.policyId : null;
  const { outcome = null, noCompletionReason = null } = 'survival' in record ? queriedOf(record) : {};
  return [
    ...([id, kind, documentUri, atMs] as const),
    ...([policyId, outcome, noCompletionReason, JSON.stringify(record)] as const),
  ] as const;
}

function queriedOf({ outcome, noCompletionReason }: CompletionRecord) {
  return { outcome: outcome?.kind, noCompletionReason };
}
