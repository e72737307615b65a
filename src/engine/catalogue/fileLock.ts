import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { hasCode, touch } from '../files.ts';
import { isNoSpace } from '../weights/diskSpace.ts';

/** A holder renews its lock this often; */
const renewMs = 5_000;
/** one that did not for six turns is taken for dead, wherever it ran: long enough for a machine that swaps. */
const staleMs = 30_000;
/** How often a waiter looks again. */
const pollMs = 100;

/** What a lock file says, as JSON. */
const holderSchema = z.object({ id: z.string(), host: z.string(), processId: z.number() });

type Holder = z.infer<typeof holderSchema>;

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
  const holder: Holder = { id: randomUUID(), host: hostname(), processId: process.pid };
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryCreate(path, holder))) {
    if (await isStale(path)) await removeStale(path, holder.id);
    else await sleep(pollMs, undefined, { signal });
  }
  // A lock that was taken over meanwhile is nobody's failure here.
  const renewal = setInterval(() => void touch(path), renewMs);
  try {
    signal.throwIfAborted();
    return await action();
  } finally {
    clearInterval(renewal);
    await release(path, holder.id);
  }
}

async function tryCreate(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!isNoSpace(error)) throw error;
    // It can do without (see above), and what it wants to write finds words for a full disk.
    await rm(path, { force: true });
    return true;
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (Date.now() - found.mtimeMs > staleMs) return true;
  const holder = await readHolder(path);
  return holder?.host === hostname() && !isAlive(holder.processId);
}

/** Undefined when there is no lock, and while its holder is still writing it. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(processId: number): boolean {
  try {
    // Signal 0 is never delivered; only whether it could be is looked up.
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
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

async function release(path: string, id: string): Promise<void> {
  if ((await readHolder(path))?.id === id) await rm(path, { force: true });
}
