import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { bundleReportPage } from '../support/reportPage.ts';
import { progressLog, startJobsApi } from '../support/jobsApi.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';

/** A job of which two steps of SFT are known, and the verdict on its reward model. */
const log = [
  progressLog('sft', 1, 9),
  progressLog('sft', 2, 9),
  progressLog('reward', 1, 3),
  `ATTUNE-STAGE-END ${JSON.stringify({ stage: 'reward', metrics: { rewardBias: 0.5 }, stopReason: 'it is <no> better' })}\n`,
].join('');

beforeAll(bundleReportPage);

async function statusOf(job: { status: string; logs: string }, page: string) {
  const cluster = await startJobsApi();
  onTestFinished(() => cluster.close());
  Object.assign(cluster.job, job);
  return attune(['cluster', 'status', 'raysubmit_1', '--address', cluster.address, '--html', page]);
}

it('the learning report of a job that is still running has the stages as far as they have come', async () => {
  const page = join(temporaryFolder(), 'page.html');
  const { printed, error } = await statusOf({ status: 'RUNNING', logs: log }, page);
  expect(error).toBeUndefined();
  expect(printed).toMatch(
    /^raysubmit_1: RUNNING\n {2}reward, step 1 of 3\n.*\n.* was written to .*page\.html\.$/s,
  );
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('<span class="badge kept">RUNNING</span> Job raysubmit_1, as far as it has come');
  expect(html.match(/<h2>.*<\/h2>/g)).toEqual([
    '<h2>Supervised fine-tuning: learning from what you wrote</h2>',
    '<h2>Reward model: learning what you prefer</h2>',
  ]);
  expect(html).toContain('Loss: from 1.50 to 1.50 in 2 steps');
  expect(html).toContain('It ended early: it is &#60;no&#62; better.');
  expect(html).not.toContain('Calibration');

  // The same file, as more comes in.
  await statusOf({ status: 'RUNNING', logs: log + progressLog('ppo', 4, 20) }, page);
  expect(readFileSync(page, 'utf8')).toContain('PPO: practising against what you prefer');
});

it('a report is written of a job that has told nothing yet, and into no folder that is not there', async () => {
  const folder = temporaryFolder();
  await statusOf({ status: 'PENDING', logs: '' }, join(folder, 'page.html'));
  expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('No step was told of yet.');
  const { error } = await statusOf({ status: 'PENDING', logs: '' }, join(folder, 'none', 'page.html'));
  expect(error).toMatchObject({ reason: 'missingFolder' });
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

it.skipIf(!existsSync('/dev/full'))('a page that finds no room is told by its name', async () => {
  const { error } = await statusOf({ status: 'RUNNING', logs: log }, '/dev/full');
  expect(error).toMatchObject({
    reason: 'diskFull',
    message: '/dev/full was not written: the disk is full.',
  });
});
