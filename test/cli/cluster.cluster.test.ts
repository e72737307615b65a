import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { progressIn } from '../../src/process/cluster/clusterLog.ts';
import { jobLogs, jobStatus, rayAddress } from '../../src/process/cluster/rayJobs.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { storeTinyWork } from '../process/tinyWork.ts';
import { startRayCluster, until, type RayCluster } from '../support/rayCluster.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';

let cluster: RayCluster;

// One each: either test kills a node of it.
beforeEach(async () => {
  cluster = await startRayCluster();
});

afterEach(() => cluster.stop());

/** A data folder with some work, its model, and the hyperparameters of a small job. */
function work(more: object = {}) {
  const data = temporaryFolder();
  storeTinyWork(join(data, 'feedback.sqlite'));
  const model = join(temporaryFolder(), 'tiny-qwen2');
  cpSync(fileURLToPath(new URL('../golden/tiny-qwen2', import.meta.url)), model, { recursive: true });
  const hyperparameters = join(data, 'hyperparameters.json');
  const sft = { epochs: 6, learningRate: 0.01 };
  const changes = { lora: { rank: 2, alpha: 4 }, sft, heldOutShare: 0.5, ...more };
  writeFileSync(hyperparameters, JSON.stringify(changes));
  return { data, model, common: ['--data', data, '--model', model, '--hyperparameters', hyperparameters] };
}

/** Submits an exported folder, as someone who says yes. */
async function submit(job: string) {
  const at = ['--address', cluster.address];
  const submitted = await attune(['cluster', 'submit', job, ...at]);
  expect(submitted.error).toBeUndefined();
  expect(submitted.asked).toEqual([`Send this to ${cluster.address}/?`]);
  const [, id] = /^The job is (\S+)\.$/m.exec(submitted.printed)!;
  const address = rayAddress(cluster.address, undefined, false);
  const logs = () => jobLogs(address, id!);
  const ended = () =>
    until(
      async () => !['PENDING', 'RUNNING'].includes((await jobStatus(address, id!)).status),
      'the end',
      800,
    );
  return { id: id!, address, logs, ended };
}

const workersIn = (log: string): string[] => log.match(/ATTUNE-WORKER rank \d+ node \w+/g) ?? [];

/** The steps of a stage that were told since its workers were last started: lines come more than once and not always in order, but a worker tells who it is before it trains. */
function stepsSinceStart(log: string, name: string): number[] {
  const since = log.slice(log.lastIndexOf('ATTUNE-WORKER rank 0'));
  return progressIn(since).flatMap(({ stage, step }) => (stage === name ? [step] : []));
}

it('practises by PPO on two nodes, goes on after one was killed, and comes back joined with SFT, with all that a report says', async () => {
  // Eight updates an iteration, so that there is a checkpoint after every third.
  const ppo = { iterations: 20, rolloutsPerIteration: 16, rolloutsPerPrompt: 4, epochs: 2, minibatches: 4 };
  const guard = { maxKlPerCompletion: 1000, maxRatioDrift: 100, maxClipShare: 1 };
  const { data, model, common } = work({ sft: { epochs: 1 }, ppo, guard });
  const out = temporaryFolder();
  const job = join(out, 'job');
  const places = ['--base-path', model, '--storage', join(out, 'storage'), '--workers', '2'];
  const exported = await attune(['cluster', 'export', job, ...common, ...places, '--method', 'ppo']);
  expect(exported.error).toBeUndefined();
  expect(exported.printed).toMatch(/judge\.jsonl: \d+ bytes, \d+ rows/);
  const { id, address, logs, ended } = await submit(job);
  const isBehind = (step: number) => async () =>
    progressIn(await logs()).some((told) => told.stage === 'ppo' && told.step >= step);
  await until(isBehind(4), 'iteration 4 of PPO', 600);
  const before = workersIn(await logs());
  expect(new Set(before.map((line) => line.split(' node ')[1])).size).toBe(2);
  cluster.killSecondNode();
  await ended();

  const log = await logs();
  expect((await jobStatus(address, id)).status, log.slice(-4000)).toBe('SUCCEEDED');
  expect(workersIn(log).length).toBeGreaterThan(before.length);
  // PPO went on from its checkpoint, and no stage before it ran again.
  const since = stepsSinceStart(log, 'ppo');
  expect(Math.min(...since)).toBeGreaterThan(3);
  expect(Math.max(...since)).toBe(20);
  expect([...stepsSinceStart(log, 'sft'), ...stepsSinceStart(log, 'reward')]).toEqual([]);
  const told = progressIn(log);
  expect(new Set(told.map(({ stage }) => stage))).toEqual(new Set(['sft', 'reward', 'ppo', 'done']));
  const iterations = told.filter(({ stage }) => stage === 'ppo');
  expect(new Set(iterations.map(({ step }) => step)).size).toBe(20);
  for (const { numbers } of iterations) {
    expect(Object.keys(numbers)).toEqual(
      expect.arrayContaining([
        ...['score', 'klPerCompletion', 'entropyPerToken', 'completionTokens'],
        ...['policyLoss', 'valueLoss', 'clipShare', 'firstRatio'],
      ]),
    );
    expect(Math.abs(numbers['firstRatio']! - 1)).toBeLessThan(1e-4);
  }
  const adapter = join(out, 'adapter');
  expect(
    (await attune(['cluster', 'fetch', id, adapter, '--address', cluster.address])).error,
  ).toBeUndefined();
  expect(JSON.parse(readFileSync(join(adapter, 'adapter_config.json'), 'utf8'))).toMatchObject({
    ...{ r: 4, lora_alpha: 8 },
  });
  const imported = await attune(['adapters', 'import', adapter, ...common]);
  expect(imported.error).toBeUndefined();
  const [entry] = await new AdapterStore(join(data, 'adapters')).list();
  if (entry?.kind !== 'adapter') throw new Error('the adapter was not imported');
  // What a learning report draws and says.
  const [sft, reward, practised] = entry.manifest.stages;
  expect(entry.manifest.stages.map(({ name }) => name)).toEqual(['sft', 'reward', 'ppo']);
  expect(sft!.curves['loss']!.length).toBeGreaterThan(5);
  expect(practised!.curves['score']).toHaveLength(20);
  const { passes, heldOutPrompts } = reward!.metrics;
  expect(heldOutPrompts).toBeGreaterThan(8);
  expect(reward!.stopReason === undefined).toBe(passes === 1);
  if (passes === 0) expect(reward!.stopReason).toMatch(/^The reward model orders .* so it is not used\.$/);
  expect(practised!.metrics['usesRewardModel']).toBe(passes);
});

it('trains on two nodes, goes on after one was killed, and what comes back passes the gate', async () => {
  const { data, model, common } = work();
  const out = temporaryFolder();
  const job = join(out, 'job');
  const places = ['--base-path', model, '--storage', join(out, 'storage'), '--workers', '2'];
  const exported = await attune(['cluster', 'export', job, ...common, ...places, '--method', 'dpo']);
  expect(exported.error).toBeUndefined();
  expect(exported.printed).toMatch(/sft\.jsonl: \d+ bytes, \d+ rows/);
  expect(readFileSync(join(job, 'sft.jsonl'), 'utf8')).not.toContain('file:///');

  const at = ['--address', cluster.address];
  const refused = await attune(['cluster', 'submit', job, ...at], { answer: false });
  expect(refused.printed).toBe('Nothing was sent.');
  const { id, address, logs, ended } = await submit(job);

  // Behind the checkpoint of step 25, so that there is something to go on from.
  await until(async () => progressIn(await logs()).some(({ step }) => step >= 27), 'step 27', 400);
  const before = workersIn(await logs());
  expect(new Set(before.map((line) => line.split(' node ')[1])).size).toBe(2);
  expect((await attune(['cluster', 'status', id, ...at])).printed).toMatch(
    /RUNNING\n {2}sft, step \d+ of \d+/,
  );
  expect((await attune(['cluster', 'fetch', id, join(out, 'early'), ...at])).error).toMatchObject({
    reason: 'jobUnfinished',
  });
  cluster.killSecondNode();
  await until(async () => (await cluster.aliveNodes()) === 1, 'the death of the second node');
  await ended();

  const log = await logs();
  expect((await jobStatus(address, id)).status, log.slice(-4000)).toBe('SUCCEEDED');
  expect(workersIn(log).length).toBeGreaterThan(before.length);
  // It went on from a checkpoint, not from the start.
  const since = stepsSinceStart(log, 'sft');
  expect(since).not.toEqual([]);
  expect(Math.min(...since)).toBeGreaterThan(25);
  expect(new Set(progressIn(log).map(({ stage }) => stage))).toEqual(
    new Set(['sft', 'reward', 'dpo', 'done']),
  );

  const adapter = join(out, 'adapter');
  expect((await attune(['cluster', 'fetch', id, adapter, ...at])).error).toBeUndefined();
  expect(readdirSync(adapter).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'attune_base.json',
    'attune_stages.json',
    'reward_model',
  ]);
  const imported = await attune(['adapters', 'import', adapter, ...common]);
  expect(imported.error).toBeUndefined();
  const [entry] = await new AdapterStore(join(data, 'adapters')).list();
  if (entry?.kind !== 'adapter') throw new Error('the adapter was not imported');
  expect(entry.manifest.imported).toMatchObject({ format: 'peft', baseName: model });
  expect(entry.manifest.verdict.comparison?.promptCount).toBeGreaterThanOrEqual(24);

  // Its rows and checkpoints stay until they are cleared away.
  expect(readdirSync(join(out, 'storage'))).toHaveLength(1);
  expect((await attune(['cluster', 'clear', id, ...at])).error).toBeUndefined();
  expect(readdirSync(join(out, 'storage'))).toEqual([]);
});
