import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processorMsOf } from '../support/processorMs.ts';
import type { VsCode } from './useVsCode.ts';

/** The programs that Attune runs beside the editor. */
type Program = 'engine.mjs' | 'trainer.mjs';

/** Lets a process go on that was stopped. */
export type Thaw = () => void;

/**
 * Stops a program of a running VS Code as if it took for ever, so that whatever is shown now was known
 * before. Linux only: it looks for the process in /proc.
 */
export function freeze(program: Program, { scratchFolder }: Pick<VsCode, 'scratchFolder'>): Thaw {
  const thaw = frozen(runsOf(program, scratchFolder));
  if (thaw === undefined) throw new Error(`No ${program} runs for this VS Code.`);
  return thaw;
}

/** The processor's time that a program of a running VS Code has taken, in ms. */
export function processorMs(program: Program, { scratchFolder }: Pick<VsCode, 'scratchFolder'>): number {
  const [pid] = runsOf(program, scratchFolder);
  if (pid === undefined) throw new Error(`No ${program} runs for this VS Code.`);
  return processorMsOf(pid);
}

/** Often enough that a program has done nothing yet. */
const lookMs = 5;

/** The same for a program that is about to start, as soon as it does; one that runs by now, or is ending, is another. */
export async function freezeAtStart(
  program: Program,
  { scratchFolder }: Pick<VsCode, 'scratchFolder'>,
  timeoutMs: number,
): Promise<Thaw> {
  const deadline = Date.now() + timeoutMs;
  const others = runsOf(program, scratchFolder);
  while (Date.now() < deadline) {
    const thaw = frozen(runsOf(program, scratchFolder).filter((pid) => !others.includes(pid)));
    if (thaw !== undefined) return thaw;
    await sleep(lookMs);
  }
  throw new Error(`No ${program} was started within ${timeoutMs / 1000} s.`);
}

function runsOf(program: Program, scratchFolder: string): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.filter((pid) => isRunOf(program, pid, scratchFolder));
}

function frozen([first]: readonly string[]): Thaw | undefined {
  if (first === undefined) return undefined;
  process.kill(Number(first), 'SIGSTOP');
  return () => goOn(Number(first));
}

/** Whoever cancels ends a process that stands still, too. */
function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isRunOf(program: Program, pid: string, scratchFolder: string): boolean {
  const read = (name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8');
    } catch {
      return '';
    }
  };
  return read('cmdline').includes(program) && read('environ').includes(`ATTUNE_DATA=${scratchFolder}`);
}
