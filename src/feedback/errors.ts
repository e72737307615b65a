import { existsSync, statSync } from 'node:fs';
import { hasCode } from '../engine/files.ts';
import { ForeseenError } from '../sentences/foreseenError.ts';
import { sentence, type Sentence } from '../sentences/sentence.ts';

/** Why the feedback store could not do what it was asked. */
export type StoreErrorReason =
  | 'missing'
  | 'folder'
  | 'corrupt'
  | 'replaced'
  | 'newerVersion'
  | 'diskFull'
  | 'diskFailed'
  | 'busy'
  | 'notWritable';

/** A failure of the feedback store. */
export class StoreError extends ForeseenError<StoreErrorReason> {
  override readonly name = 'StoreError';
}

/** SQLite's primary result codes (sqlite.org/rescode.html) that mean something to us. */
const reasonOfResultCode: Readonly<Record<number, StoreErrorReason>> = {
  3: 'notWritable', // SQLITE_PERM
  5: 'busy', // SQLITE_BUSY
  6: 'busy', // SQLITE_LOCKED
  8: 'notWritable', // SQLITE_READONLY
  10: 'diskFailed', // SQLITE_IOERR
  11: 'corrupt', // SQLITE_CORRUPT
  13: 'diskFull', // SQLITE_FULL
  14: 'notWritable', // SQLITE_CANTOPEN
  26: 'corrupt', // SQLITE_NOTADB
};

/** The codes of Node's file errors that mean something to us. */
const reasonOfFileCode: Readonly<Record<string, StoreErrorReason>> = {
  EACCES: 'notWritable',
  EPERM: 'notWritable',
  EROFS: 'notWritable',
  ENOENT: 'notWritable', // What Node says of several folders that it shall make on a read-only disk.
  ENOTDIR: 'notWritable',
  EEXIST: 'notWritable',
  EISDIR: 'folder',
  EBUSY: 'busy',
  ENOSPC: 'diskFull',
  EIO: 'diskFailed',
};

const whatToDo: Readonly<Record<StoreErrorReason, Sentence>> = {
  missing: sentence`There is no feedback yet: it begins with the first completion.`,
  folder: sentence`A folder has that name, so the file cannot be made. Move or rename the folder, then restart the editor.`,
  corrupt: sentence`The file is damaged. The editor sets it aside at its next start, and so does an import; nothing is deleted.`,
  replaced: sentence`The file was moved or replaced while this window had it open, as another window does with a damaged one. Reload this window: until then nothing from it is stored.`,
  newerVersion: sentence`It was written by a newer Attune: update this one. The file was not touched.`,
  diskFull: sentence`The disk is full: what was stored is safe, new feedback is not kept until there is room.`,
  diskFailed: sentence`The disk did not answer: what was stored before is kept. Look at the disk and restart the editor.`,
  busy: sentence`Another window is using it: this one event was not kept.`,
  notWritable: sentence`It cannot be opened: look at the permissions of the file and its folder.`,
};

/** The error for one reason, in words that name the file and say what can be done. */
export function storeError(reason: StoreErrorReason, path: string, cause?: unknown): StoreError {
  return new StoreError(reason, sentence`Feedback store ${path}: ${whatToDo[reason]}`, { path }, cause);
}

/** What an error thrown by SQLite or the file system means; any other error comes back as it is. */
export function storeErrorFrom(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const reason = isFolder(path) ? 'folder' : (reasonOfResultCode[resultCodeOf(error)] ?? fileReasonOf(error));
  return reason === undefined ? error : storeError(reason, path, error);
}

/** The error for a file that the user takes feedback out to, or brings it in from. */
export function fileError(
  use: 'read' | 'write',
  path: string,
  reason: StoreErrorReason,
  cause?: unknown,
): StoreError {
  return new StoreError(reason, fileSentence(use, path, reason), { path }, cause);
}

function fileSentence(use: 'read' | 'write', path: string, reason: StoreErrorReason): Sentence {
  if (reason === 'folder') return sentence`${path} is a folder: choose a file.`;
  if (use === 'read')
    return sentence`${path} cannot be read. Look whether it is there, and at its permissions.`;
  if (reason === 'diskFull') return sentence`${path} was not written: the disk is full.`;
  return sentence`${path} cannot be written. Look whether its folder is there, and at the permissions of both.`;
}

/** What an error of the file system means for such a file; any other error comes back as it is. */
export function fileErrorFrom(error: unknown, use: 'read' | 'write', path: string): unknown {
  if (!(error instanceof Error)) return error;
  const reason = hasCode(error, 'ENOENT') ? 'missing' : fileReasonOf(error);
  return reason === undefined ? error : fileError(use, path, reason, error);
}

/** SQLite tells of a folder in the place of a file what it tells of a broken disk. */
export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function fileReasonOf(error: Error): StoreErrorReason | undefined {
  return 'code' in error ? reasonOfFileCode[String(error.code)] : undefined;
}

/** What the user is told when a damaged store was set aside and a new one begun. */
export function movedAsideNotice(movedAside: string): Sentence {
  return sentence`The feedback store was damaged. It was set aside as ${movedAside}, nothing is deleted, and a new one was begun.`;
}

/** The primary result code: the low byte of the extended one. */
function resultCodeOf(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : -1;
}
