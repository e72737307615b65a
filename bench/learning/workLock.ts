import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../../src/process/clients.ts';
import { ProcessError } from '../../src/process/errors.ts';
import { lockRetraining } from '../../src/process/training/retrainingLock.ts';
import { workInUse } from './errors.ts';

/**
 * Makes this the only process that works in a folder of results, until it is disposed or the process ends in whatever way: two
 * would overwrite each other's checkpoint, and one could judge what the other has merged. Throws a CliError that says who is
 * at it.
 */
export function lockWork(folder: string): Disposable {
  const holderFile = join(folder, 'holder');
  try {
    const lock = lockRetraining(join(folder, 'lock'));
    writeFileSync(holderFile, String(process.pid));
    return lock;
  } catch (error) {
    throw ProcessError.is(error, 'alreadyRunning') ? workInUse(folder, readHolder(holderFile)) : error;
  }
}

/** The process that took the lock last; undefined in the moment before it says so. */
function readHolder(path: string): number | undefined {
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  return holder > 0 ? holder : undefined;
}
