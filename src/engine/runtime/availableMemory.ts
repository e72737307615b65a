import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { posix } from 'node:path';

/** What a system says of its memory, in bytes. */
export interface MemoryFacts {
  readonly platform: NodeJS.Platform;
  readonly total: number;
  /** What the whole system can give without pushing anything to the disk. */
  readonly free: number;
  /** The most that a container may take; 0, or more than there is, where it has no limit. */
  readonly limit: number;
  /** What is left of the limit, with files that are only kept at hand counted as taken; `free` where there is none. */
  readonly left: number;
  /** Undefined where there is no such file. */
  readonly readText: (path: string) => string | undefined;
}

/**
 * The memory that may be taken without pushing anything to the disk, in bytes, the limit of a
 * container respected. macOS counts memory as taken that it gives away at once, so there it is all
 * there is. A container counts files as taken that its system gives away at once: after a model was converted
 * those fill all of it.
 */
export function availableMemoryBytes(facts = thisMachine()): number {
  const { platform, total, free, limit, left } = facts;
  if (platform === 'darwin') return total;
  if (limit === 0 || limit > total) return left;
  return Math.min(free, left + keptFileBytes(facts));
}

function thisMachine(): MemoryFacts {
  return {
    platform: process.platform,
    total: totalmem(),
    free: freemem(),
    limit: process.constrainedMemory(),
    left: process.availableMemory(),
    readText,
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Bytes of files that a container's system keeps at hand until something else needs the room. */
function keptFileBytes({ readText }: Pick<MemoryFacts, 'readText'>): number {
  const groups = readText('/proc/self/cgroup') ?? '';
  const statistics =
    statisticsPaths(groups)
      .map(readText)
      .find((text) => text !== undefined) ?? '';
  const numberOf = (name: string): string | undefined =>
    new RegExp(String.raw`^${name} (\d+)$`, 'm').exec(statistics)?.[1];
  // Version 1 counts what lies further in under names of its own.
  const bytesOf = (name: string): number => Number(numberOf(`total_${name}`) ?? numberOf(name) ?? 0);
  return bytesOf('inactive_file') + bytesOf('active_file');
}

/** Where Linux may tell of the memory of this process's control group: in version 1 of those, else in version 2. */
function statisticsPaths(groups: string): string[] {
  const inVersion1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1];
  const root = inVersion1 === undefined ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory';
  const group = inVersion1 ?? /^0::(.*)$/m.exec(groups)?.[1] ?? '/';
  // A container may see its own group as the root, under the name that it has outside.
  return [posix.join(root, group, 'memory.stat'), posix.join(root, 'memory.stat')];
}
