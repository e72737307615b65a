import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFeedbackReader } from '../../../src/feedback/storing/sqliteFeedbackReader.ts';
import { writeClusterJob } from '../../../src/process/cluster/clusterJob.ts';
import type { ClusterMethod } from '../../../src/process/cluster/clusterMethods.ts';
import { progressIn } from '../../../src/process/cluster/clusterLog.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { storeTinyWork } from '../tinyWork.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What a worker of a job does, alone and without Ray: started again, it finds what was finished before. */
const worker = `
import sys
from attune_cluster.settings import read_config
from attune_cluster.stages import Job
job, storage = sys.argv[1:]
Job(read_config(job), job, storage, 1).run()
`;

/** Everything that a worker printed until it ended, or was killed as soon as `isEnough` of it. */
async function work(args: readonly string[], isEnough: (log: string) => boolean = () => false) {
  const child = spawn(process.env['ATTUNE_CLUSTER_PYTHON']!, ['-c', worker, ...args], {
    cwd: join(root, 'cluster'),
    env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [log, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    if (isEnough(log)) child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = await new Promise((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  return { log, said, ended };
}

const stepsOf = (log: string, name: string): number[] =>
  progressIn(log).flatMap(({ stage, step }) => (stage === name ? [step] : []));

/** Writes a job of the tiny model's work to a new folder, and gives it with one to train in. */
async function tinyJob(changes: object, method: ClusterMethod): Promise<[job: string, storage: string]> {
  const folder = temporaryFolder();
  storeTinyWork(join(folder, 'feedback.sqlite'));
  const reader = openFeedbackReader(join(folder, 'feedback.sqlite'));
  const job = join(folder, 'job');
  await writeClusterJob(job, reader, {
    base: { name: 'tiny', sha256: 'a'.repeat(64), path: join(root, 'test', 'golden', 'tiny-qwen2') },
    hyperparameters: hyperparametersSchema.parse({
      ...{ lora: { rank: 2, alpha: 4 }, sft: { epochs: 1 }, heldOutShare: 0.5, ...changes },
    }),
    ...{ method, seed: 1, maxPromptTokens: 64, maxNewTokens: 8 },
    ...{ storage: '/shared', workers: 1, usesGpu: false },
  });
  reader.close();
  const storage = join(folder, 'storage');
  mkdirSync(storage);
  return [job, storage];
}

it('a job that is killed while a checkpoint is written goes on from the one before', async () => {
  const [job, storage] = await tinyJob({ sft: { epochs: 8 } }, 'sft');
  const config = join(job, 'config.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replace('save_steps: 25', 'save_steps: 4'));
  const first = await work([job, storage], (log) => stepsOf(log, 'sft').includes(9));
  expect(first.ended, first.said.slice(-2000)).toBe('SIGKILL');

  // As if it had been while the next one was written: half of what it has learned lies there, and nothing of its state.
  const checkpoint = (step: number): string => join(storage, 'sft', `checkpoint-${step}`);
  const names = readdirSync(join(storage, 'sft')).filter((name) => name.startsWith('checkpoint-'));
  const steps = names.map((name) => Number(name.split('-')[1]));
  const last = Math.max(...steps.filter((step) => readdirSync(checkpoint(step)).includes('whole')));
  rmSync(checkpoint(last + 4), { recursive: true, force: true });
  cpSync(checkpoint(last), checkpoint(last + 4), { recursive: true });
  for (const name of ['whole', 'trainer_state.json', 'scheduler.pt'])
    rmSync(join(checkpoint(last + 4), name));
  truncateSync(join(checkpoint(last + 4), 'optimizer.pt'), 100);

  const second = await work([job, storage]);
  expect(second.ended, second.said.slice(-2000)).toBe(0);
  const made = [...new Set(stepsOf(second.log, 'sft'))];
  expect(made[0]).toBe(last + 1);
  expect(made.at(-1)).toBe(progressIn(second.log)[0]!.totalSteps);
});

it('a job that is killed during PPO goes on from its checkpoint, runs no stage twice, and says how each ended', async () => {
  const [job, storage] = await tinyJob(
    {
      // Eight updates an iteration, so that there is a checkpoint after every third.
      ppo: { iterations: 8, rolloutsPerIteration: 16, rolloutsPerPrompt: 4, epochs: 2, minibatches: 4 },
      guard: { maxKlPerCompletion: 1000, maxRatioDrift: 100, maxClipShare: 1 },
    },
    'ppo',
  );

  const first = await work([job, storage], (log) => stepsOf(log, 'ppo').includes(4));
  expect(first.ended, first.said.slice(-2000)).toBe('SIGKILL');
  const second = await work([job, storage]);
  expect(second.ended, second.said.slice(-2000)).toBe(0);

  expect([...stepsOf(second.log, 'sft'), ...stepsOf(second.log, 'reward')]).toEqual([]);
  expect(stepsOf(second.log, 'ppo')).toEqual([4, 5, 6, 7, 8]);
  const ends = [...second.log.matchAll(/ATTUNE-STAGE-END (.*)/g)].map(
    ([, json]) =>
      JSON.parse(json!) as { stage: string; metrics: Record<string, number>; stopReason?: string },
  );
  expect(ends.map(({ stage }) => stage)).toEqual(['reward', 'ppo']);
  const [reward, ppo] = ends;
  // The tiny model knows no more than a coin, and is not asked.
  expect(reward).toMatchObject({
    metrics: { passes: 0 },
    stopReason: expect.stringMatching(/so it is not used\.$/) as string,
  });
  expect(ppo).toEqual({ stage: 'ppo', metrics: { usesRewardModel: 0 } });
});
