import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { RetrainRun, type RetrainProgress } from '../../src/trainer/retrainRun.ts';
import { noteStep } from '../../src/trainer/stages/stage.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';

const [second, hour] = [1000, 3_600_000];

/** A stage of ten steps of three seconds each, in a run of ten minutes, on clocks that something happens to before the sixth. */
async function stageWhere({
  setMs = 0,
  sleptMs = 0,
}: {
  readonly setMs?: number;
  readonly sleptMs?: number;
}) {
  let [nowMs, passedMs] = [1_800_000_000_000, 0];
  const folder = join(temporaryFolder(), 'checkpoint');
  const base = await openModelFolder(await writeTinyModelFolder());
  const reports: RetrainProgress[] = [];
  const run = await RetrainRun.open(
    { base, threads: 1, folder, jobKey: 'job', seed: 1, timeBudgetMs: 600 * second },
    {
      signal: new AbortController().signal,
      onProgress: (progress) => reports.push(progress),
      waitForTurn: () => Promise.resolve(),
      nowMs: () => nowMs,
      passedMs: () => passedMs,
    },
  );
  let isSavedMeanwhile = false;
  const { report } = await run.stage('sft', async ({ state, breathe, afterStep }) => {
    for (let step = 0; step < 10; step++) {
      await breathe();
      const wentOn = 3 * second + (step === 5 ? sleptMs : 0);
      [nowMs, passedMs] = [nowMs + wentOn + (step === 5 ? setMs : 0), passedMs + wentOn];
      noteStep(state, { loss: 1 });
      await afterStep();
      isSavedMeanwhile = existsSync(folder);
    }
    return { theta: new Float32Array(2), metrics: {} };
  });
  await run.dispose();
  return { seconds: report.seconds, gateSeconds: run.gateSeconds(), isSavedMeanwhile, reports };
}

it.each([-hour, hour])(
  'takes as long as it takes where the clock is set by %i ms meanwhile',
  async (setMs) => {
    const { seconds, isSavedMeanwhile, reports } = await stageWhere({ setMs });
    expect(seconds).toBe(30);
    expect(isSavedMeanwhile).toBe(true);
    expect(reports.map((progress) => progress.seconds)).toEqual(
      reports.map((progress) => progress.seconds).toSorted((a, b) => a - b),
    );
  },
);

it('has most of its time left where the machine slept meanwhile', async () => {
  const { seconds, gateSeconds } = await stageWhere({ sleptMs: 8 * hour });
  expect(seconds).toBe(9 * 3 + 60);
  expect(gateSeconds).toBe(600 - seconds);
});
