import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { progressIn } from '../../src/process/clusterLog.ts';
import { jobLogs, jobStatus, rayAddress } from '../../src/process/rayJobs.ts';
import { AdapterStore } from '../../src/trainer/adapterStore.ts';
import { storeTinyWork } from '../process/tinyWork.ts';
import { startRayCluster, until, type RayCluster } from '../support/rayCluster.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';

let cluster: RayCluster;

beforeAll(async () => {
  cluster = await startRayCluster();
});

afterAll(() => cluster.stop());

/** A data folder with some work, its model, and the hyperparameters of a small job. */
function work() {
  const data = temporaryFolder();
  storeTinyWork(join(data, 'feedback.sqlite'));
  const model = join(temporaryFolder(), 'tiny-qwen2');
  cpSync(fileURLToPath(new URL('../golden/tiny-qwen2', import.meta.url)), model, { recursive: true });
  const hyperparameters = join(data, 'hyperparameters.json');
  const changes = { lora: { rank: 2, alpha: 4 }, sft: { epochs: 10, learningRate: 0.01 }, heldOutShare: 0.5 };
  writeFileSync(hyperparameters, JSON.stringify(changes));
  return { data, model, common: ['--data', data, '--model', model, '--hyperparameters', hyperparameters] };
}

const workersIn = (log: string): string[] => log.match(/ATTUNE-WORKER rank \d+ node \w+/g) ?? [];

/** Ray names the address of a node beside its lines, but for the one that the job was started on. */
const linesOfFirstNode = (log: string): string =>
  log
    .split('\n')
    .filter((line) => !line.includes(', ip='))
    .join('\n');

it('trains on two nodes, goes on after one was killed, and what comes back passes the gate', async () => {
  const { data, model, common } = work();
  const out = temporaryFolder();
  const job = join(out, 'job');
  const places = ['--base-path', model, '--storage', join(out, 'storage'), '--workers', '2'];
  const exported = await attune(['cluster', 'export', job, ...common, ...places]);
  expect(exported.error).toBeUndefined();
  expect(exported.printed).toMatch(/sft\.jsonl: \d+ bytes, \d+ rows/);
  expect(readFileSync(join(job, 'sft.jsonl'), 'utf8')).not.toContain('file:///');

  const at = ['--address', cluster.address];
  const refused = await attune(['cluster', 'submit', job, ...at], { answer: false });
  expect(refused.printed).toBe('Nothing was sent.');
  const submitted = await attune(['cluster', 'submit', job, ...at]);
  expect(submitted.error).toBeUndefined();
  expect(submitted.asked).toEqual([`Send this to ${cluster.address}/?`]);
  const [, id] = /^The job is (\S+)\.$/m.exec(submitted.printed)!;
  const address = rayAddress(cluster.address, undefined, false);
  const logs = () => jobLogs(address, id!);

  // Behind the checkpoint of step 25, so that there is something to go on from.
  await until(async () => progressIn(await logs()).some(({ step }) => step >= 27), 'step 27', 400);
  const before = workersIn(await logs());
  expect(new Set(before.map((line) => line.split(' node ')[1])).size).toBe(2);
  expect((await attune(['cluster', 'status', id!, ...at])).printed).toMatch(
    /RUNNING\n {2}sft, step \d+ of \d+/,
  );
  expect((await attune(['cluster', 'fetch', id!, join(out, 'early'), ...at])).error).toMatchObject({
    reason: 'jobUnfinished',
  });
  cluster.killSecondNode();
  await until(async () => (await cluster.aliveNodes()) === 1, 'the death of the second node');
  await until(
    async () => !['PENDING', 'RUNNING'].includes((await jobStatus(address, id!)).status),
    'the end',
    800,
  );

  const log = await logs();
  expect((await jobStatus(address, id!)).status, log.slice(-4000)).toBe('SUCCEEDED');
  expect(workersIn(log).length).toBeGreaterThan(before.length);
  // Both nodes of one machine pass on what is printed anywhere on it: those of the first alone are each line once.
  const steps = progressIn(linesOfFirstNode(log))
    .filter(({ stage }) => stage === 'sft')
    .map(({ step }) => step);
  const again = steps.findIndex((step, i) => i > 0 && step <= steps[i - 1]!);
  // It went on from a checkpoint, not from the start.
  expect(again === -1 ? steps.at(-1) : steps[again]).toBeGreaterThan(25);
  expect(new Set(progressIn(log).map(({ stage }) => stage))).toEqual(
    new Set(['sft', 'reward', 'dpo', 'done']),
  );

  const adapter = join(out, 'adapter');
  expect((await attune(['cluster', 'fetch', id!, adapter, ...at])).error).toBeUndefined();
  expect(readdirSync(adapter).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'attune_base.json',
    'reward_model',
  ]);
  const imported = await attune(['adapters', 'import', adapter, ...common]);
  expect(imported.error).toBeUndefined();
  const [entry] = await new AdapterStore(join(data, 'adapters')).list();
  if (entry?.kind !== 'adapter') throw new Error('the adapter was not imported');
  expect(entry.manifest.imported).toMatchObject({ format: 'peft', baseName: model });
  expect(entry.manifest.verdict.comparison?.promptCount).toBeGreaterThanOrEqual(24);
});
