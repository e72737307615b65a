import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TrainerError, type TrainerErrorReason } from '../../src/trainer/errors.ts';
import type { RetrainProgress } from '../../src/trainer/retrainRun.ts';
import { retrainingLost } from './errors.ts';
import { readKept } from './resultFolders.ts';
import {
  retrainingEndSchema,
  retrainingLineSchema,
  retrainingPathsIn,
  type RetrainingEnd,
  type RetrainingTask,
} from './retrainingTask.ts';

/** What watches a retraining, and what ends it. */
export interface RetrainingHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RetrainProgress) => void;
}

const shippedWorker = join(import.meta.dirname, 'retrainWorker.ts');

/**
 * Retrains in a process of its own. Throws what the retraining threw, and an AbortError when it was
 * cancelled before it was done; the same task goes on from its checkpoint then.
 *
 * @param worker the program that retrains; it keeps what came of it in the task's folder.
 */
export async function runRetraining(
  task: RetrainingTask,
  hooks: RetrainingHooks,
  worker = shippedWorker,
): Promise<RetrainingEnd> {
  hooks.signal.throwIfAborted();
  const child = spawn(process.execPath, [worker, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const cancel = (): void => {
    child.stdin.end();
  };
  hooks.signal.addEventListener('abort', cancel, { once: true });
  try {
    await watch(child, hooks.onProgress);
  } finally {
    hooks.signal.removeEventListener('abort', cancel);
  }
  const end = readKept(retrainingPathsIn(task.folder).end, retrainingEndSchema);
  // Before the signal: at its very end a retraining comes to it though it was cancelled, and its checkpoint is gone.
  if (end !== undefined) return end;
  hooks.signal.throwIfAborted();
  throw retrainingLost(task.folder);
}

/** Waits for the end of the process. */
async function watch(child: ChildProcess, onProgress: RetrainingHooks['onProgress']): Promise<void> {
  const ended = once(child, 'exit');
  for await (const text of createInterface({ input: child.stdout! })) {
    const line = retrainingLineSchema.parse(JSON.parse(text));
    if (line.kind === 'failed') throw new TrainerError(line.reason as TrainerErrorReason, line.sentence);
    onProgress(line.progress);
  }
  await ended;
}
