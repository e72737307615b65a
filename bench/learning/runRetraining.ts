import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TrainerError, type TrainerErrorReason } from '../../src/trainer/errors.ts';
import type { RetrainProgress } from '../../src/trainer/retrainRun.ts';
import { retrainingLost } from './errors.ts';
import { retrainingLineSchema, type RetrainingEnd, type RetrainingTask } from './retrainingTask.ts';

/** What watches a retraining, and what ends it. */
export interface RetrainingHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RetrainProgress) => void;
}

/**
 * Retrains in a process of its own. Throws what the retraining threw, and an AbortError when it was
 * cancelled; the same task goes on from its checkpoint then.
 */
export async function runRetraining(task: RetrainingTask, hooks: RetrainingHooks): Promise<RetrainingEnd> {
  hooks.signal.throwIfAborted();
  const worker = join(import.meta.dirname, 'retrainWorker.ts');
  const child = spawn(process.execPath, [worker, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const cancel = (): void => {
    child.stdin.end();
  };
  hooks.signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await endOf(child, hooks.onProgress);
    hooks.signal.throwIfAborted();
    if (end === undefined) throw retrainingLost(task.folder);
    return end;
  } finally {
    hooks.signal.removeEventListener('abort', cancel);
  }
}

/** What the process says at its end; `undefined` when it ended without a word. */
async function endOf(
  child: ChildProcess,
  onProgress: RetrainingHooks['onProgress'],
): Promise<RetrainingEnd | undefined> {
  const ended = once(child, 'exit');
  let end: RetrainingEnd | undefined;
  for await (const text of createInterface({ input: child.stdout! })) {
    const line = retrainingLineSchema.parse(JSON.parse(text));
    if (line.kind === 'progress') onProgress(line.progress);
    else if (line.kind === 'end') end = line;
    else throw new TrainerError(line.reason as TrainerErrorReason, line.sentence);
  }
  await ended;
  return end;
}
