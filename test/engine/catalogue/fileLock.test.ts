import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFileLock } from '../../../src/engine/catalogue/fileLock.ts';
import { isAbort } from '../../../src/engine/invariant.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const never = new AbortController().signal;

function lockPath(): string {
  return join(temporaryFolder(), 'new', 'file.lock');
}

/** A lock file that a process made so long ago; 2 ** 30 is no process on any system. */
function lockOfAnother({ ageMs, host = hostname(), processId = 2 ** 30 }: LockOptions): string {
  const path = join(temporaryFolder(), 'file.lock');
  writeFileSync(path, JSON.stringify({ id: 'another', host, processId }));
  const madeAt = new Date(Date.now() - ageMs);
  utimesSync(path, madeAt, madeAt);
  return path;
}

interface LockOptions {
  readonly ageMs: number;
  readonly host?: string;
  readonly processId?: number;
}

describe('withFileLock', () => {
  it('holds the lock during the action and no longer', async () => {
    const path = lockPath();
    expect(await withFileLock(path, never, () => Promise.resolve(existsSync(path)))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('gives the lock back when the action fails', async () => {
    const path = lockPath();
    await expect(withFileLock(path, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  it('lets one action after the other in', async () => {
    const path = lockPath();
    let inside = 0;
    const action = async () => {
      expect(++inside).toBe(1);
      await Promise.resolve();
      inside--;
    };
    await Promise.all([withFileLock(path, never, action), withFileLock(path, never, action)]);
  });

  it.each([
    { what: 'died on this machine', lock: { ageMs: 0 } },
    { what: 'was not heard of for a minute', lock: { ageMs: 60_000, host: 'elsewhere' } },
    { what: 'hangs', lock: { ageMs: 60_000, processId: process.pid } },
  ])('takes over from a holder that $what, and leaves nothing behind', async ({ lock }) => {
    const path = lockOfAnother(lock);
    expect(await withFileLock(path, never, () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it.each([
    { what: 'lives', lock: { ageMs: 1_000, processId: process.pid } },
    { what: 'may live on another machine', lock: { ageMs: 1_000, host: 'elsewhere' } },
  ])('waits for a holder that $what until it is cancelled', async ({ lock }) => {
    const path = lockOfAnother(lock);
    const action = () => Promise.reject(new Error('must not be called'));
    await expect(withFileLock(path, AbortSignal.timeout(20), action)).rejects.toSatisfy(isAbort);
    expect(existsSync(path)).toBe(true);
  });

  it('does not remove a lock that was taken over meanwhile', async () => {
    const path = lockPath();
    await withFileLock(path, never, () => {
      writeFileSync(path, 'another');
      return Promise.resolve();
    });
    expect(existsSync(path)).toBe(true);
  });
});
