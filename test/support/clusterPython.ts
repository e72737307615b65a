import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * What a program of Python prints on its last line, as JSON. It runs with the Python that ATTUNE_CLUSTER_PYTHON
 * names, beside `attune_cluster`.
 */
export function clusterPython(
  program: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): unknown {
  const printed = execFileSync(process.env['ATTUNE_CLUSTER_PYTHON']!, [...flags, '-c', program, ...args], {
    cwd: join(import.meta.dirname, '..', '..', 'cluster'),
    encoding: 'utf8',
    // What libraries say is part of the error where there is one.
    stdio: 'pipe',
    env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' },
  });
  return JSON.parse(printed.trim().split('\n').at(-1)!) as unknown;
}
