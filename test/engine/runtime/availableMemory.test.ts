import { describe, expect, it } from 'vitest';
import { availableMemoryBytes, type MemoryFacts } from '../../../src/engine/runtime/availableMemory.ts';

/** A machine of 16 GB with 10 free, and a container of at most 4: half a one is left of that, 3 are files kept at hand. */
function inContainer(files: Readonly<Record<string, string>>, changes: Partial<MemoryFacts> = {}): number {
  const facts = { platform: 'linux', total: 16e9, free: 10e9, limit: 4e9, left: 0.5e9 } as const;
  return availableMemoryBytes({ ...facts, readText: (path) => files[path], ...changes });
}

const version2 = 'anon 500000000\nfile 3000000000\ninactive_file 2000000000\nactive_file 1000000000\n';
const version1 = `cache 1\ninactive_file 1\nactive_file 1\ntotal_inactive_file 2000000000\ntotal_active_file 1000000000\n`;

describe('the memory that may be taken', () => {
  it.each([
    {
      where: 'a group of version 2',
      files: { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.stat': version2 },
    },
    {
      where: 'a group of version 2 further in',
      files: { '/proc/self/cgroup': '0::/a/b\n', '/sys/fs/cgroup/a/b/memory.stat': version2 },
    },
    {
      where: 'a group of version 1',
      files: {
        '/proc/self/cgroup': '9:cpu,cpuacct:/\n4:memory:/docker/1f\n0::/elsewhere\n',
        '/sys/fs/cgroup/memory/docker/1f/memory.stat': version1,
      },
    },
    {
      where: 'a group of version 1 whose name is that outside',
      files: {
        '/proc/self/cgroup': '4:hugetlb,memory:/docker/1f\n',
        '/sys/fs/cgroup/memory/memory.stat': version1,
      },
    },
  ])('has files in it that are only kept at hand in $where', ({ files }) => {
    expect(inContainer(files)).toBe(3.5e9);
    expect(inContainer(files, { free: 1e9 })).toBe(1e9);
  });

  it('is what is left of the limit where nothing is told of files', () => {
    expect(inContainer({})).toBe(0.5e9);
    expect(inContainer({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.stat': 'anon 5\n' })).toBe(
      0.5e9,
    );
  });

  it.each([0, 2 ** 63])('is what is free where the limit is %i, as there is none', (limit) => {
    expect(inContainer({}, { limit, left: 10e9 })).toBe(10e9);
  });

  it('is all there is on macOS, which counts as taken what it gives away', () => {
    expect(inContainer({}, { platform: 'darwin' })).toBe(16e9);
  });

  it('is known of this machine', () => {
    expect(availableMemoryBytes()).toBeGreaterThan(1e6);
  });
});
