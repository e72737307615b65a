import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets whatever else wants to run on this machine go before this process, which has a session of its own (`Child`).
 *
 * Linux shares its cores out between sessions first, equally (autogroups, sched(7)), and the engine stands in one of its own
 * too: the niceness of a process counts within its session alone, so the session steps back as well.
 */
export function takeLowestPriority(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  if (process.platform === 'linux') lowerSession();
}

/** A kernel without autogroups has no such file, and needs none. */
function lowerSession(): void {
  try {
    writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_LOW));
  } catch {
    // The niceness of the process is what there is then.
  }
}
