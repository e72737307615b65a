import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runRetraining } from '../../../bench/learning/runRetraining.ts';
import type { RetrainingTask } from '../../../bench/learning/retrainingTask.ts';
import { isAbort } from '../../../src/engine/invariant.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const end = { adapterId: 'a', gateSeconds: 1, peakRssMb: 2 };

/** A program in place of the one that retrains; `script` knows the task's `folder`, and `say` and `keepEnd`. */
function workerOf(script: string): string {
  const path = join(temporaryFolder(), 'worker.mjs');
  const head = `
    import { writeFileSync } from 'node:fs';
    import { join } from 'node:path';
    const { folder } = JSON.parse(process.argv[2]);
    const say = (line) => console.log(JSON.stringify(line));
    const keepEnd = () => writeFileSync(join(folder, 'retrained.json'), ${JSON.stringify(JSON.stringify(end))});
    process.stdin.resume();
  `;
  writeFileSync(path, head + script);
  return path;
}

const saysProgress = "say({ kind: 'progress', progress: {} });";
const ends = 'process.stdin.destroy()';

/** Runs it, and cancels it at its first progress where that is wanted. */
async function run(script: string, { isCancelled = false } = {}) {
  const task: RetrainingTask = {
    ...{
      modelFolder: '',
      baseModelId: 'tiny',
      storePath: '',
      sourceFilesPath: '',
      shownFilesPath: undefined,
    },
    ...{ folder: temporaryFolder(), adaptersBefore: undefined, hyperparameters: {} },
    ...{ limits: { maxPromptTokens: 1, maxNewTokens: 1 }, seed: 1, threads: 1 },
  };
  const cancelling = new AbortController();
  const onProgress = (): void => {
    if (isCancelled) cancelling.abort();
  };
  return runRetraining(task, { signal: cancelling.signal, onProgress }, workerOf(script));
}

describe('runRetraining', () => {
  it('gives what the process kept', async () => {
    expect(await run(`keepEnd(); ${ends}`)).toEqual(end);
  });

  it('keeps a retraining that was cancelled when nothing but its end was left', async () => {
    const script = `process.stdin.once('end', () => { keepEnd(); ${ends} }); ${saysProgress}`;
    expect(await run(script, { isCancelled: true })).toEqual(end);
  });

  it('throws an AbortError when it was cancelled before', async () => {
    const script = `process.stdin.once('end', () => ${ends}); ${saysProgress}`;
    await expect(run(script, { isCancelled: true })).rejects.toSatisfy(isAbort);
  });

  it('throws what the retraining threw', async () => {
    const script = `say({ kind: 'failed', reason: 'noExamples', sentence: { text: 'None.', values: [] } }); ${ends}`;
    await expect(run(script)).rejects.toMatchObject({ reason: 'noExamples' });
  });

  it('says how to go on where it ended without a result', async () => {
    await expect(run(ends)).rejects.toThrow(/ended without a result.*goes on from its checkpoint/);
  });
});
