import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
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
  const thaw = frozen(program, scratchFolder);
  if (thaw === undefined) throw new Error(`No ${program} runs for this VS Code.`);
  return thaw;
}

/** Often enough that a program has done nothing yet. */
const lookMs = 5;

/** The same for a program that is about to start, as soon as it does. */
export async function freezeAtStart(
  program: Program,
  { scratchFolder }: Pick<VsCode, 'scratchFolder'>,
  timeoutMs: number,
): Promise<Thaw> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const thaw = frozen(program, scratchFolder);
    if (thaw !== undefined) return thaw;
    await sleep(lookMs);
  }
  throw new Error(`No ${program} was started within ${timeoutMs / 1000} s.`);
}

function frozen(program: Program, scratchFolder: string): Thaw | undefined {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => isRunOf(program, pid, scratchFolder));
  if (found === undefined) return undefined;
  process.kill(Number(found), 'SIGSTOP');
  return () => thaw(Number(found));
}

/** Whoever cancels ends a process that stands still, too. */
function thaw(pid: number): void {
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
