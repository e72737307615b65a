import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder renews its lock this often; */
const renewMs = 5_000;
/** one that did not for six turns is taken for dead: long enough for a machine that swaps. */
const staleMs = 30_000;
/** How often a waiter looks again. */
const pollMs = 250;

/**
 * What `action` gives while this process holds the lock file at `path`; others wait, and take over
 * from a holder that died. The lock saves double work. That no file is ever half-written is ensured
 * without it, by renaming what is complete.
 */
export async function withFileLock<T>(
  path: string,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  const holder = randomUUID();
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryCreate(path, holder))) {
    if (await isStale(path)) await removeStale(path, holder);
    else await sleep(pollMs, undefined, { signal });
  }
  const renewal = setInterval(() => void renew(path), renewMs);
  try {
    signal.throwIfAborted();
    return await action();
  } finally {
    clearInterval(renewal);
    await release(path, holder);
  }
}

async function tryCreate(path: string, holder: string): Promise<boolean> {
  try {
    await writeFile(path, holder, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleMs;
}

/** Renamed first, so that of several waiters only one removes it. */
async function removeStale(path: string, waiter: string): Promise<void> {
  const aside = `${path}.${waiter}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  await rm(aside, { force: true });
}

/** A lock that was taken over meanwhile is nobody's failure here: see `withFileLock`. */
async function renew(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function release(path: string, holder: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === holder) await rm(path, { force: true });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
