import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { folderLog, progressLog, startJobsApi } from '../support/jobsApi.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';
import { tinyData } from './tinyData.ts';

/** A data folder with an adapter trained there, as the folder that a cluster would send back, and a job that was exported from it. */
async function work() {
  const cluster = await startJobsApi();
  onTestFinished(() => cluster.close());
  const { data, retrain } = await tinyData();
  expect((await attune(retrain)).error).toBeUndefined();
  const store = new AdapterStore(join(data, 'adapters'));
  const [entry] = await store.list();
  const [adapter, job] = ['peft', 'job'].map((name) => join(temporaryFolder(), name)) as [string, string];
  await attune(['adapters', 'export', entry!.id, adapter, '--data', data]);
  const common = retrain.slice(1);
  const model = common.slice(common.indexOf('--model')).slice(0, 2);
  const places = ['--base-path', '/base', '--storage', '/shared'];
  await attune(['cluster', 'export', job, '--data', data, ...model, ...places]);
  const submit = ['cluster', 'submit', job, '--address', cluster.address, '--yes', '--wait', ...common];
  return { data, cluster, adapter, store, submit };
}

it('an adapter that is waited for passes the gate, with the progress of the job before it', async () => {
  const { data, cluster, adapter, store, submit } = await work();
  Object.assign(cluster.job, { status: 'RUNNING', logs: progressLog('sft', 3, 9) });
  const shown = new Set<string>();
  const onProgress = (label: string): void => {
    shown.add(label);
    Object.assign(cluster.job, { status: 'SUCCEEDED', logs: cluster.job.logs + folderLog(adapter) });
  };
  const { printed, told, error } = await attune([...submit, '--json'], { onProgress });
  expect(error).toBeUndefined();
  expect(told).toMatch(/The job is raysubmit_team\. .*cluster stop raysubmit_team --address http/);
  expect([...shown]).toEqual(['sft', 'gate']);
  const { job, manifest } = JSON.parse(printed) as { job: string; manifest: { adapterId: string } };
  expect(job).toBe('raysubmit_team');
  const entry = (await store.list()).find(({ id }) => id === manifest.adapterId);
  if (entry?.kind !== 'adapter') throw new Error('the adapter was not imported');
  expect(entry.manifest.verdict.comparison?.promptCount).toBeGreaterThan(0);
  expect(readdirSync(data).filter((name) => name.startsWith('cluster-'))).toEqual([]);
});

it('a job that fails is told of, and one that nobody waits for any more goes on', async () => {
  const { data, cluster, store, submit } = await work();
  Object.assign(cluster.job, { status: 'FAILED', logs: 'no memory' });
  expect((await attune(submit)).error).toMatchObject({ reason: 'jobEnded' });

  cluster.job.status = 'RUNNING';
  const interrupted = new AbortController();
  const ran = await attune(submit, { signal: interrupted.signal, onProgress: () => interrupted.abort() });
  expect(ran.error).toMatchObject({ name: 'AbortError' });
  expect(cluster.job.status).toBe('RUNNING');
  expect(await store.list()).toHaveLength(1);
  expect(readdirSync(data).filter((name) => name.startsWith('cluster-'))).toEqual([]);
  expect(existsSync(join(data, 'checkpoint-import'))).toBe(false);
});
