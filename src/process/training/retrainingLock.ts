import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Disposable } from '../clients.ts';
import { alreadyRunning } from '../errors.ts';

/** SQLite's result code for a database that somebody else has locked (sqlite.org/rescode.html). */
const busy = 5;

/**
 * Makes this the only retraining on the machine that uses the file at `path`, until it is disposed
 * or the process ends in whatever way: two would overwrite each other's checkpoint. Throws
 * ProcessError 'alreadyRunning'. The lock is SQLite's own, which every system takes back from the dead.
 */
export function lockRetraining(path: string): Disposable {
  // The store's folder, which nobody else may look into, whichever of the two is first.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? alreadyRunning() : error;
  }
  return { dispose: () => database.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busy;
}
