import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The memory of a process that is in use now, mapped files included, in megabytes of 2^20 bytes. */
export async function residentMb(processId: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(processId)]);
  return Number(stdout) / 1024;
}
