import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isFolder, StoreError, storeError, storeErrorFrom } from '../errors.ts';

/**
 * One step per schema version, applied in order; `PRAGMA user_version` says how many were. A step
 * that was released is never changed, only followed by another.
 *
 * A record is one JSON document (`body`); the columns beside it only serve queries, and are null
 * where the record has no such field.
 */
const migrations: readonly string[] = [
  `CREATE TABLE record (
     id                 TEXT PRIMARY KEY,
     kind               TEXT NOT NULL CHECK (kind IN ('completion', 'ranking', 'demonstration')),
     documentUri        TEXT NOT NULL,
     atMs               REAL NOT NULL,
     policyId           TEXT,
     outcome            TEXT,
     noCompletionReason TEXT,
     body               TEXT NOT NULL
   ) STRICT;
   CREATE INDEX recordByTime ON record (kind, atMs);
   CREATE INDEX recordByDocument ON record (documentUri);
   CREATE TABLE counter (
     name   TEXT NOT NULL CHECK (name IN ('nothingOffered', 'notStored')),
     reason TEXT NOT NULL,
     times  INTEGER NOT NULL,
     PRIMARY KEY (name, reason)
   ) STRICT;`,
  // Imported records, and an index for a look at all kinds by age.
  `ALTER TABLE record RENAME TO olderRecord;
   CREATE TABLE record (
     id                 TEXT PRIMARY KEY,
     kind               TEXT NOT NULL CHECK (kind IN ('completion', 'ranking', 'demonstration', 'imported')),
     documentUri        TEXT NOT NULL,
     atMs               REAL NOT NULL,
     policyId           TEXT,
     outcome            TEXT,
     noCompletionReason TEXT,
     body               TEXT NOT NULL
   ) STRICT;
   INSERT INTO record SELECT * FROM olderRecord ORDER BY rowid;
   DROP TABLE olderRecord;
   CREATE INDEX recordByTime ON record (kind, atMs);
   CREATE INDEX recordByDocument ON record (documentUri);
   CREATE INDEX recordByAge ON record (atMs);`,
  // What documents that have records were called before.
  `CREATE TABLE renaming (fromUri TEXT NOT NULL, toUri TEXT NOT NULL, atMs REAL NOT NULL) STRICT;`,
];

/**
 * How long a call waits for another window's transaction. Each is one small write, a few
 * milliseconds; more than this means that the other process hangs.
 */
const busyTimeoutMs = 2000;

/**
 * How long a store is waited for that others open or set aside. It ends with their look through the file, which takes
 * seconds where that is large, or with their process.
 */
const lockTimeoutMs = 30_000;

/** A database ready for use, and where a damaged one was put that stood in its place. */
export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Absent when the file was sound or new. */
  readonly movedAside?: string;
}

/**
 * The database at a path, at the newest schema; made when there is none.
 *
 * A damaged file is moved aside, to `<path>.corrupt-<time>` with its write-ahead log, and a fresh one
 * is begun; nothing is deleted. Of several windows that find it damaged one does that, and the others open what it
 * began. Throws a StoreError when it cannot be had.
 */
export function openDatabase(path: string, nowMs: number): OpenedDatabase {
  const sound = () => unlessDamaged(() => openSound(path));
  const database = whileLocked(path, 'shared', sound);
  if (database !== undefined) return { database };
  return whileLocked(path, 'exclusive', () => {
    const begunMeanwhile = sound();
    if (begunMeanwhile !== undefined) return { database: begunMeanwhile };
    const movedAside = moveAside(path, nowMs);
    return { database: openSound(path), movedAside };
  });
}

/** The database at a path for reading only, while another process may be writing to it. */
export function openDatabaseForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw storeError('missing', path);
  return guarded(path, () => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
    return closedOnError(database, () => refuseNewer(database, path));
  });
}

/** The damaged files that were moved aside from a path in a folder that is there. */
export function movedAsideFrom(path: string): string[] {
  const start = `${basename(path)}.corrupt-`;
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(start));
  return names.map((name) => join(dirname(path), name));
}

/** Deletes them. */
export function deleteMovedAside(path: string): void {
  for (const file of movedAsideFrom(path)) rmSync(file);
}

/** Runs some work as one transaction: it happens whole or not at all. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Runs some work that gives up at once where another connection is in the way. */
export function withoutWaiting(database: DatabaseSync, work: () => void): void {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    work();
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }
}

/** Runs some work on the database of a path; what SQLite throws becomes a StoreError. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeErrorFrom(error, path);
  }
}

/**
 * Runs some work while nobody sets the store of a path aside, or, exclusively, while nobody opens it either: who had a
 * damaged file open would delete the log of the fresh one when closing. The lock is SQLite's own, which every system
 * takes back from the dead.
 */
function whileLocked<T>(path: string, kind: 'shared' | 'exclusive', work: () => T): T {
  return guarded(path, () => {
    if (isFolder(path)) throw storeError('folder', path);
    // What was written is one person's: nobody else on the machine may list the folder.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(`${path}.lock`, { timeout: lockTimeoutMs });
    try {
      lock.exec(kind === 'shared' ? 'BEGIN; SELECT 1 FROM sqlite_schema' : 'BEGIN EXCLUSIVE');
      return work();
    } finally {
      lock.close();
    }
  });
}

function unlessDamaged<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (StoreError.is(error, 'corrupt')) return undefined;
    throw error;
  }
}

function openSound(path: string): DatabaseSync {
  return guarded(path, () => {
    const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    return closedOnError(database, () => {
      configure(database);
      refuseDamaged(database, path);
      refuseNewer(database, path);
      migrate(database);
    });
  });
}

/**
 * WAL lets the trainer read while the editor writes. In this mode `synchronous = NORMAL` keeps every
 * committed transaction through a killed process; a power cut may take the newest ones, never the
 * file. FULL would wait for the disk on each keystroke's event. Deleted text is overwritten.
 */
function configure(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
}

function refuseDamaged(database: DatabaseSync, path: string): void {
  const verdict = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (verdict !== 'ok') throw storeError('corrupt', path, verdict);
}

function refuseNewer(database: DatabaseSync, path: string): void {
  if (versionOf(database) > migrations.length) throw storeError('newerVersion', path);
}

function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return;
  inTransaction(database, () => {
    for (const step of migrations.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

function closedOnError(database: DatabaseSync, prepare: () => void): DatabaseSync {
  try {
    prepare();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function moveAside(path: string, nowMs: number): string {
  const aside = `${path}.corrupt-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(path + part)) renameSync(path + part, aside + part);
  }
  return aside;
}
