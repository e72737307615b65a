import { readFileSync } from 'node:fs';

/** The processor's time that a process has taken, in ms. Linux only, which counts it in hundredths of a second. */
export function processorMsOf(processId: number | string): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
