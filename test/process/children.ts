import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/completion/clock.ts';
import { systemClock } from '../../src/feedback/systemClock.ts';
import { EngineChildClient } from '../../src/process/engineChildClient.ts';
import { TrainerChildClient } from '../../src/process/trainerChildClient.ts';

/** The source of a program of this project; Node runs it without a build. */
export function entry(name: string): string {
  return join(import.meta.dirname, '../../src/process', name);
}

interface ChildOptions {
  readonly entryPath?: string;
  readonly clock?: Clock;
}

/** An engine client whose process goes when the test ends. */
export function engineClient({
  entryPath = entry('engineProcess.ts'),
  clock = systemClock,
}: ChildOptions = {}) {
  const log: string[] = [];
  const client = new EngineChildClient({ entryPath, log: (line) => log.push(line), clock });
  onTestFinished(() => client.dispose());
  return { client, log, kill: () => process.kill(newestProcess(log), 'SIGKILL') };
}

/** A trainer client whose process goes when the test ends. */
export function trainerClient({
  entryPath = entry('trainerProcess.ts'),
  clock = systemClock,
}: ChildOptions = {}) {
  const log: string[] = [];
  const client = new TrainerChildClient({ entryPath, log: (line) => log.push(line), clock });
  onTestFinished(() => client.dispose());
  return { client, log, kill: () => process.kill(newestProcess(log), 'SIGKILL') };
}

/** The id of the process that a client started last, which it says in the log. */
export function newestProcess(log: readonly string[]): number {
  const ids = log.flatMap((line) => /started as process (\d+)/.exec(line)?.[1] ?? []);
  return Number(ids.at(-1));
}

/** Waits until something holds, as far as the test's own time goes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

export function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
