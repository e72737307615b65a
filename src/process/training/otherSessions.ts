import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * Lets processes of other sessions go before this one, which has a session of its own (`Child`). Where somebody waits for
 * a moment's work this is too much: beside a build in a terminal it would hardly go on.
 *
 * Linux shares its cores out between sessions first, equally (autogroups, sched(7)), and the engine stands in one of its own
 * too: the niceness of a process counts within its session alone, so for training the session steps back as well.
 */
export function letOtherSessionsGoFirst(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_LOW));
  } catch {
    // A kernel without autogroups has no such file, and needs none.
  }
}
