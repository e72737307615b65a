import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../../src/cli/errors.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
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

/** Often enough that nobody waits for nothing. */
const lookEveryMs = 500;

/**
 * Waits until nobody works in a folder whose work ends by itself: what retrains for a command that was ended, up to its next step.
 * Throws an AbortError when cancelled.
 */
export async function whenLeft(
  folder: string,
  { signal, showProgress }: Pick<Terminal, 'signal' | 'showProgress'>,
): Promise<void> {
  const progress = showProgress('waiting');
  try {
    while (isTaken(folder)) {
      progress.update(0, 1, 'for the end of a step: the retraining of a command that was ended is at it yet');
      await delay(lookEveryMs, undefined, { signal });
    }
  } finally {
    progress.finish();
  }
}

function isTaken(folder: string): boolean {
  try {
    lockWork(folder).dispose();
    return false;
  } catch (error) {
    if (CliError.is(error, 'inUse')) return true;
    throw error;
  }
}

/** The process that took the lock last; undefined in the moment before it says so. */
function readHolder(path: string): number | undefined {
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  return holder > 0 ? holder : undefined;
}
