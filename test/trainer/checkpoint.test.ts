import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/engine/random.ts';
import { newAdamState, updateWithAdamW } from '../../src/trainer/stages/adamW.ts';
import {
  deleteCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
  type JobProgress,
} from '../../src/trainer/checkpoint.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { bitsOf, tinyAdapter } from './adapterFixture.ts';

function progressAt(step: number, changes: Partial<JobProgress> = {}): JobProgress {
  return {
    formatVersion: 1,
    jobKey: 'job',
    startedAtMs: 5,
    stage: 'ppo',
    step,
    stageSeconds: 0.1 + 0.2,
    randomStates: { rollouts: RandomStream.named(1, 'rollouts').state() },
    optimiserSteps: { policy: step },
    numbers: { klCoefficient: 0.1 + 0.2 },
    curves: { loss: [1 / 3, 2 / 3] },
    finishedStages: [{ name: 'sft', steps: 2, seconds: 1, metrics: { loss: 1 / 7 }, curves: {} }],
    ...changes,
  };
}

/** Some training whose every step depends on all that a checkpoint has to hold. */
function trainer() {
  const theta = new Float32Array(32);
  const state = newAdamState(32);
  let random = RandomStream.named(3, 'test');
  return {
    theta,
    step(count: number): void {
      for (let i = 0; i < count; i++) {
        const gradient = theta.map((x) => x - random.nextNormal());
        const settings = { ...defaultHyperparameters.adam, learningRate: 0.01, gradientScale: 1 };
        updateWithAdamW(theta, gradient, state, settings);
      }
    },
    checkpoint: () => ({
      progress: progressAt(0, {
        randomStates: { test: random.state() },
        optimiserSteps: { policy: state.step },
      }),
      vectors: { theta, firstMoment: state.firstMoment, secondMoment: state.secondMoment },
    }),
    restore({ progress, vectors }: NonNullable<Awaited<ReturnType<typeof loadCheckpoint>>>): void {
      theta.set(vectors['theta']!);
      state.firstMoment.set(vectors['firstMoment']!);
      state.secondMoment.set(vectors['secondMoment']!);
      state.step = progress.optimiserSteps['policy']!;
      random = RandomStream.restored(progress.randomStates['test']!);
    },
  };
}

describe('a checkpoint', () => {
  it('comes back bit for bit', async () => {
    const folder = join(temporaryFolder(), 'new', 'job');
    const { theta } = tinyAdapter('a');
    await saveCheckpoint(folder, {
      progress: progressAt(3),
      vectors: { 'policy/theta': theta, empty: new Float32Array() },
    });
    const found = (await loadCheckpoint(folder))!;
    expect(found.progress).toEqual(progressAt(3));
    expect(bitsOf(found.vectors['policy/theta']!)).toEqual(bitsOf(theta));
    expect(found.vectors['empty']).toHaveLength(0);
  });

  it('lets training go on as if it had never stopped, bit for bit', async () => {
    const folder = temporaryFolder();
    const [uninterrupted, first, resumed] = [trainer(), trainer(), trainer()];
    uninterrupted.step(9);
    first.step(4);
    await saveCheckpoint(folder, first.checkpoint());
    resumed.restore((await loadCheckpoint(folder))!);
    resumed.step(5);
    expect(bitsOf(resumed.theta)).toEqual(bitsOf(uninterrupted.theta));
  });

  it('replaces the one before', async () => {
    const folder = temporaryFolder();
    for (const step of [1, 2, 3]) await saveCheckpoint(folder, { progress: progressAt(step), vectors: {} });
    expect((await loadCheckpoint(folder))!.progress.step).toBe(3);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is none where none was saved, and after it was deleted', async () => {
    const folder = join(temporaryFolder(), 'job');
    expect(await loadCheckpoint(folder)).toBeUndefined();
    await saveCheckpoint(folder, { progress: progressAt(1), vectors: {} });
    await deleteCheckpoint(folder);
    expect(await loadCheckpoint(folder)).toBeUndefined();
  });

  it.each([
    {
      name: 'a changed bit',
      file: 'vectors.safetensors',
      damage: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(1)]),
    },
    { name: 'cut progress', file: 'progress.json', damage: (bytes: Buffer) => bytes.subarray(0, 40) },
    { name: 'other progress', file: 'progress.json', damage: () => Buffer.from('{}') },
  ])('with $name is refused and says what to do', async ({ file, damage }) => {
    const folder = temporaryFolder();
    await saveCheckpoint(folder, { progress: progressAt(1), vectors: { theta: Float32Array.of(1, 2) } });
    const path = join(folder, '1', file);
    writeFileSync(path, damage(readFileSync(path)));
    await expect(loadCheckpoint(folder)).rejects.toMatchObject({ reason: 'checkpointDamaged' });
    await expect(loadCheckpoint(folder)).rejects.toThrow('Delete it and retrain from the start');
  });

  it('is not written when a number in it is none', async () => {
    const folder = temporaryFolder();
    const broken = { progress: progressAt(1, { numbers: { klCoefficient: NaN } }), vectors: {} };
    await expect(saveCheckpoint(folder, broken)).rejects.toThrow();
    expect(await loadCheckpoint(folder)).toBeUndefined();
  });
});
