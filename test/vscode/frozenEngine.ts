import { readdirSync, readFileSync } from 'node:fs';
import type { VsCode } from './useVsCode.ts';

/**
 * Stops the engine of a running VS Code as if it took for ever, so that whatever is shown now was known
 * before. Linux only: it looks for the process in /proc.
 *
 * @returns what lets it go on.
 */
export function freezeEngine({ scratchFolder }: Pick<VsCode, 'scratchFolder'>): () => void {
  const engine = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => isEngineOf(pid, scratchFolder));
  if (engine === undefined) throw new Error('No engine runs for this VS Code.');
  process.kill(Number(engine), 'SIGSTOP');
  return () => process.kill(Number(engine), 'SIGCONT');
}

function isEngineOf(pid: string, scratchFolder: string): boolean {
  const read = (name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8');
    } catch {
      return '';
    }
  };
  return read('cmdline').includes('engine.mjs') && read('environ').includes(`ATTUNE_DATA=${scratchFolder}`);
}
