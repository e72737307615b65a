import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

it('sends as much of each document as an option says', async () => {
  const data = temporaryFolder();
  storeTinyWork(join(data, 'feedback.sqlite'));
  const job = join(data, 'job');
  const { error } = await attune([
    ...['cluster', 'export', job, '--data', data, '--model', await writeTinyModelFolder()],
    ...['--base-path', '/models/tiny', '--storage', '/shared', '--max-prompt-tokens', '1024'],
  ]);
  expect(error).toBeUndefined();
  expect(readFileSync(join(job, 'config.yaml'), 'utf8')).toContain('max_prompt_tokens: 1024\n');
});

describe('what follows SFT on a cluster', () => {
  async function tryExport(hyperparameters: object, more: readonly string[] = []) {
    const data = temporaryFolder();
    storeTinyWork(join(data, 'feedback.sqlite'));
    const file = join(data, 'hyperparameters.json');
    writeFileSync(file, JSON.stringify(hyperparameters));
    const job = join(data, 'job');
    const { error, told } = await attune([
      ...['cluster', 'export', job, '--data', data, '--model', await writeTinyModelFolder()],
      ...['--base-path', '/models/tiny', '--storage', '/shared', '--hyperparameters', file, ...more],
    ]);
    return { error, told, written: existsSync(job), config: join(job, 'config.yaml') };
  }

  /** The method of an export, and what was told beside it. */
  async function exported(hyperparameters: object, more: readonly string[] = []) {
    const { error, told, config } = await tryExport(hyperparameters, more);
    expect(error).toBeUndefined();
    return { told, method: /^method: "(\w+)"$/m.exec(readFileSync(config, 'utf8'))![1] };
  }

  it.each([
    ['ppo where nobody said, as at home', {}, [], 'ppo'],
    ['what the hyperparameters of a retraining say', { method: 'kto' }, [], 'kto'],
    ['what the command says, whatever they say', { method: 'dpo' }, ['--method', 'sft'], 'sft'],
  ])('is %s', async (_, hyperparameters, more, expected) => {
    expect(await exported(hyperparameters, more)).toEqual({ method: expected, told: '' });
  });

  it('is not exported with hyperparameters that mean nothing there', async () => {
    const { error, written } = await tryExport({ timeBudgetMs: 1000, sft: { maxWindows: 9, epochs: 1 } });
    expect(error).toMatchObject({
      reason: 'badSettings',
      message: expect.stringMatching(
        /timeBudgetMs \(a job makes all its steps.*\), sft\.maxWindows \(the files of the workspace do not travel\)\./,
      ) as string,
    });
    expect(written).toBe(false);
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

  it('is cleared away by another job, which is told where it lies', async () => {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    const logs = 'noise\n(pid=3) ATTUNE-STORAGE {"folder":"/shared/id-1"}\n';
    Object.assign(cluster.job, { status: 'SUCCEEDED', logs });
    const args = ['cluster', 'clear', 'raysubmit_1', '--address', cluster.address];
    const { printed, error } = await attune(args);
    expect(error).toBeUndefined();
    expect(printed).toMatch(/^\/shared\/id-1 was removed from the cluster\./);
    const texts = await cluster.uploaded();
    expect(JSON.parse(texts['clear.json']!)).toEqual({ folder: '/shared/id-1' });
    expect(texts['attune_cluster/clear.py']).toContain('clear_storage');
    const started = cluster.asked.find(({ method }) => method === 'POST')!;
    expect(JSON.parse(started.body.toString())).toMatchObject({
      entrypoint: 'python -m attune_cluster.clear',
    });
  });

  it.each([
    [
      'it still runs',
      { status: 'RUNNING', logs: 'ATTUNE-STORAGE {"folder":"/a"}' },
      'jobStillRuns',
      /in use/,
    ],
    ['nobody knows where it lies', { status: 'STOPPED', logs: 'x' }, 'jobNotCleared', /names no folder/],
    [
      'the cluster would not',
      { status: 'FAILED', logs: 'ATTUNE-STORAGE {"folder":"/a"}\n/a is no folder of a job' },
      ...(['jobNotCleared', /cleared: \/a is no folder of a job\./] as const),
    ],
  ])('is not cleared away where %s', async (_, job, reason, message) => {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    Object.assign(cluster.job, job);
    const { error } = await attune(['cluster', 'clear', 'raysubmit_1', '--address', cluster.address]);
    expect(error).toMatchObject({ reason, message: expect.stringMatching(message) as string });
    expect(cluster.asked.some(({ method }) => method === 'POST')).toBe(job.status === 'FAILED');
  });

  it.each([
    ['secret', 'Bearer secret'],
    ['', undefined],
  ])('is asked for with the token that the environment holds: "%s"', async (held, sent) => {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    vi.stubEnv('ATTUNE_CLUSTER_TOKEN', held);
    onTestFinished(() => void vi.unstubAllEnvs());
    await attune(['cluster', 'status', 'raysubmit_1', '--address', cluster.address]);
    expect(cluster.asked.map(({ token }) => token)).toEqual([sent, sent]);
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

  it('is named with all that the next commands need to reach its cluster', async () => {
    const cluster = await startJobsApi();
    onTestFinished(() => cluster.close());
    const data = temporaryFolder();
    storeTinyWork(join(data, 'feedback.sqlite'));
    const job = join(data, 'job');
    await attune([
      ...['cluster', 'export', job, '--data', data, '--model', await writeTinyModelFolder()],
      ...['--base-path', '/models/tiny', '--storage', '/shared'],
    ]);
    const at = ['--address', cluster.address, '--plain-http'];
    const { printed } = await attune(['cluster', 'submit', job, ...at, '--yes']);
    expect(printed).toMatch(`attune cluster status raysubmit_team ${at.join(' ')}`);
  });
});

it.each(['status', 'stop', 'fetch', 'clear'])(
  'cluster %s ends with Ctrl+C though nobody answers',
  async (command) => {
    const cancelled = new AbortController();
    const server = createServer(() => cancelled.abort());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const folder = command === 'fetch' ? [join(temporaryFolder(), 'new')] : [];
    const args = ['cluster', command, 'raysubmit_1', ...folder, '--address', `http://127.0.0.1:${port}`];
    const { error } = await attune(args, { signal: cancelled.signal });
    expect(error).toMatchObject({ name: 'AbortError' });
  },
);
