import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/completion/clock.ts';
import { systemClock } from '../../src/completion/systemClock.ts';
import { SharedEngineClient } from '../../src/process/serving/sharedEngineClient.ts';
import { TrainerChildClient } from '../../src/process/training/trainerChildClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** The source of a program of this project; Node runs it without a build. */
export function entry(name: string): string {
  return join(import.meta.dirname, '../../src/process', name);
}

/** What a client of the trainer's program is made of that does one thing and ends. */
export function trainerChild() {
  const wantedFile = join(temporaryFolder(), 'wanted');
  return { entryPath: entry('trainerProcess.ts'), wantedFile, clock: systemClock, log: () => undefined };
}

interface EngineOptions {
  readonly entryPath?: string;
  readonly clock?: Clock;
  readonly version?: string;
  /** Where windows meet; absent: a folder of this one's own. */
  readonly folder?: string;
}

/** A window that shares an engine; the engine that it started goes when the test ends. */
export function engineClient({
  entryPath = entry('engineProcess.ts'),
  clock = systemClock,
  version = '1.0.0',
  folder = temporaryFolder(),
}: EngineOptions = {}) {
  const log: string[] = [];
  const options = { entryPath, clock, version, folders: [folder], log: (line: string) => log.push(line) };
  const client = new SharedEngineClient(options);
  const kill = () => process.kill(newestProcess(log), 'SIGKILL');
  onTestFinished(() => {
    client.dispose();
    for (const id of startedProcesses(log)) if (isAlive(id)) process.kill(id, 'SIGKILL');
  });
  return { client, log, kill };
}

interface TrainerOptions {
  readonly clock?: Clock;
  readonly wantedFile?: string;
}

/** A trainer client whose process goes when the test ends. */
export function trainerClient({
  clock = systemClock,
  wantedFile = join(temporaryFolder(), 'wanted'),
}: TrainerOptions = {}) {
  const log: string[] = [];
  const entryPath = entry('trainerProcess.ts');
  const client = new TrainerChildClient({ entryPath, wantedFile, log: (line) => log.push(line), clock });
  onTestFinished(() => client.dispose());
  return { client, log, kill: () => process.kill(newestProcess(log), 'SIGKILL') };
}

/** The ids of the processes that a client started, which it says in the log. */
export function startedProcesses(log: readonly string[]): number[] {
  return log.flatMap((line) => /started as process (\d+)/.exec(line)?.[1] ?? []).map(Number);
}

/** The id of the process that a client started last. */
export function newestProcess(log: readonly string[]): number {
  return startedProcesses(log).at(-1) ?? Number.NaN;
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
