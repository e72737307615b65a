import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { storeTinyWork } from '../process/tinyWork.ts';
import { startJobsApi } from '../support/jobsApi.ts';
import { modelToConvert } from '../support/modelToConvert.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';

it('shows how far the model is where that has to be brought before an export', async () => {
  const [data, model] = [temporaryFolder(), modelToConvert()];
  storeTinyWork(join(data, 'feedback.sqlite'));
  const job = join(temporaryFolder(), 'job');
  const shown = new Set<string>();
  const { error, finished } = await attune(
    [
      ...['cluster', 'export', job, '--data', data, '--model', model],
      ...['--base-path', '/models/tiny', '--storage', '/shared'],
    ],
    { onProgress: (label) => shown.add(label) },
  );
  expect(error).toBeUndefined();
  expect(existsSync(join(job, 'sft.jsonl'))).toBe(true);
  expect([[...shown], finished]).toEqual([['tiny.gguf'], ['tiny.gguf']]);
});

describe('what follows SFT on a cluster', () => {
  /** The method of an export, and what was told beside it. */
  async function exported(hyperparameters: object, more: readonly string[] = []) {
    const data = temporaryFolder();
    storeTinyWork(join(data, 'feedback.sqlite'));
    const file = join(data, 'hyperparameters.json');
    writeFileSync(file, JSON.stringify(hyperparameters));
    const job = join(data, 'job');
    const { error, told } = await attune([
      ...['cluster', 'export', job, '--data', data, '--model', await writeTinyModelFolder()],
      ...['--base-path', '/models/tiny', '--storage', '/shared', '--hyperparameters', file, ...more],
    ]);
    expect(error).toBeUndefined();
    return { told, method: /^method: "(\w+)"$/m.exec(readFileSync(join(job, 'config.yaml'), 'utf8'))![1] };
  }

  it.each([
    ['ppo where nobody said, as at home', {}, [], 'ppo'],
    ['what the hyperparameters of a retraining say', { method: 'dpo' }, [], 'dpo'],
    ['what the command says, whatever they say', { method: 'dpo' }, ['--method', 'sft'], 'sft'],
  ])('is %s', async (_, hyperparameters, more, expected) => {
    expect(await exported(hyperparameters, more)).toEqual({ method: expected, told: '' });
  });

  it('is DPO in place of KTO, and that is told', async () => {
    const { method, told } = await exported({ method: 'kto' });
    expect(method).toBe('dpo');
    expect(told).toMatch(/A cluster has no KTO: DPO follows SFT there/);
  });
});

describe('a job that was submitted', () => {
  it('is stopped by its id', async () => {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    cluster.job.status = 'RUNNING';
    const { printed, error } = await attune(['cluster', 'stop', 'raysubmit_1', '--address', cluster.address]);
    expect(error).toBeUndefined();
    expect(printed).toBe('The cluster was asked to stop raysubmit_1. It is STOPPED now.');
    expect(cluster.asked[0]).toMatchObject({ method: 'POST', url: '/api/jobs/raysubmit_1/stop' });
  });

  it('is not sent where nothing could take in what comes back', async () => {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    const job = temporaryFolder();
    const args = ['cluster', 'submit', job, '--address', cluster.address, '--yes', '--wait'];
    expect((await attune(args)).error).toMatchObject({ reason: 'badOptions' });
    expect((await attune([...args, '--data', join(job, 'none')])).error).toMatchObject({
      reason: 'missingFolder',
    });
    expect(cluster.asked).toEqual([]);
  });
});
