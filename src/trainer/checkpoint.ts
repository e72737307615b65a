import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { makeFolderAtomically, namesIn, writeSynced } from '../engine/files.ts';
import { sentence } from '../sentences/sentence.ts';
import { checkpointDamaged, TrainerError } from './errors.ts';
import { stageReportSchema } from './adapters/manifest.ts';
import { namingFullDisk } from './namingFullDisk.ts';
import { readTensorFile, sha256OfFile, writeTensorFile } from './adapters/tensorFile.ts';

const count = z.number().int().nonnegative();

/**
 * Where a retraining job stands, apart from its vectors. It is taken between two steps of SFT or of
 * the reward model and between two iterations of PPO, so no half-used rollout is part of it.
 */
const jobProgressSchema = z.object({
  formatVersion: z.literal(1),
  /** Hash of what the job was started with (data, hyperparameters, seed, base model): only that job may go on from here. */
  jobKey: z.string(),
  startedAtMs: z.number().nonnegative(),
  stage: z.enum(['sft', 'reward', 'ppo', 'dpo', 'kto', 'gate']),
  /** Steps or iterations of that stage that are done. */
  step: count,
  /** Seconds that stage has taken so far. */
  stageSeconds: z.number().nonnegative(),
  /** States of the random streams by name. */
  randomStates: z.record(z.string(), z.array(z.number().int().nonnegative()).length(4)),
  /** Updates made by each optimiser, by name; its moments are among the vectors. */
  optimiserSteps: z.record(z.string(), count),
  /** Single numbers a stage carries along by name, for example `klCoefficient` and `rewardBias`. */
  numbers: z.record(z.string(), z.number()),
  /** Curves of the stage that is under way. */
  curves: z.record(z.string(), z.array(z.number())),
  finishedStages: z.array(stageReportSchema),
});

export type JobProgress = z.infer<typeof jobProgressSchema>;

/** Everything a job needs to go on as if nothing had happened. */
export interface Checkpoint {
  readonly progress: JobProgress;
  /** Parameters and moments by name, for example `policy/theta`. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

const progressFile = 'progress.json';
const vectorsFile = 'vectors.safetensors';
const storedProgressSchema = z.object({ vectorsSha256: z.string(), progress: jobProgressSchema });

/**
 * Replaces the checkpoint in `folder`, exact to the bit. Each one gets a numbered folder of its own
 * that appears whole; only then do the older ones go. Killed in between, the newest whole one counts.
 */
export async function saveCheckpoint(folder: string, { progress, vectors }: Checkpoint): Promise<void> {
  const stored = jobProgressSchema.parse(progress);
  await namingFullDisk(folder, async () => {
    await mkdir(folder, { recursive: true });
    const older = await namesIn(folder);
    const number = (newestNumber(older) ?? 0) + 1;
    await makeFolderAtomically(join(folder, String(number)), async (temporary) => {
      const vectorsSha256 = await writeTensorFile(join(temporary, vectorsFile), tensorsOf(vectors));
      const text = JSON.stringify({ vectorsSha256, progress: stored });
      await writeSynced(join(temporary, progressFile), (file) => file.writeFile(text));
    });
    for (const name of older) await rm(join(folder, name), { recursive: true, force: true });
  });
}

/** The checkpoint in `folder`, or `undefined` when there is none. Throws TrainerError 'checkpointDamaged'. */
export async function loadCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const newest = newestNumber(await namesIn(folder));
  return newest === undefined ? undefined : readCheckpoint(join(folder, String(newest)));
}

/** Removes the checkpoint: the job is done or was given up. */
export async function deleteCheckpoint(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function newestNumber(names: readonly string[]): number | undefined {
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

async function readCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    const stored = storedProgressSchema.parse(JSON.parse(await readFile(join(folder, progressFile), 'utf8')));
    const path = join(folder, vectorsFile);
    const found = await sha256OfFile(path);
    if (found !== stored.vectorsSha256) {
      throw checkpointDamaged(
        folder,
        sentence`the SHA-256 of ${vectorsFile} is ${found}, not ${stored.vectorsSha256}`,
      );
    }
    const tensors = await readTensorFile(path);
    return {
      progress: stored.progress,
      vectors: Object.fromEntries(tensors.map(({ name, data }) => [name, data])),
    };
  } catch (error) {
    if (TrainerError.is(error)) throw error;
    throw checkpointDamaged(folder, sentence`its files cannot be read`, error);
  }
}

function tensorsOf(vectors: Checkpoint['vectors']) {
  return Object.entries(vectors).map(([name, data]) => ({ name, shape: [data.length], data }));
}
