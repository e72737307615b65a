import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { mergeForServing, type ServedAdapter } from '../../src/engine/generation/servedPolicy.ts';
import { dropMergedWeights, type Int8Weights } from '../../src/engine/weights/int8Weights.ts';
import { freeBytesOf } from '../../src/engine/weights/diskSpace.ts';
import { tokenLoss } from '../../test/support/tokenLoss.ts';
import type { Project } from './measureProject.ts';
import { kept } from './resultFolders.ts';

const lossSchema = z.object({ loss: z.number() });

/** Mean token loss on code of another author (frozen copies of this project's own, `otherAuthorSamples`), in nats, as the policies serve. */
export interface Harm {
  readonly base: number;
  /** The retrained policy, promoted or not. */
  readonly retrained: number;
}

/** What a retraining costs where nothing was learned from. */
export async function measureHarm(project: Project, adapter: ServedAdapter): Promise<Harm> {
  const { base, folder, trainingFolder } = project;
  const lossIn = (place: string, weights: () => Promise<Int8Weights | undefined>) =>
    kept(join(place, 'elsewhere.json'), lossSchema, async () => {
      const int8Weights = await weights();
      return { loss: await tokenLoss({ ...base, int8Weights }, int8Weights ? 'int8' : 'float32') };
    });
  const before = await lossIn(folder, () => Promise.resolve(base.int8Weights));
  const after = await lossIn(trainingFolder, () => mergedAnew(project, adapter));
  rmSync(adapter.folder, { recursive: true, force: true });
  return { base: before.loss, retrained: after.loss };
}

/** What another stage left merged in the folder is not this adapter's. */
async function mergedAnew(
  { base, terminal }: Project,
  adapter: ServedAdapter,
): Promise<Int8Weights | undefined> {
  await dropMergedWeights(adapter.folder);
  const convert = { signal: terminal.signal, onProgress: () => undefined, freeBytes: freeBytesOf };
  return mergeForServing(base, adapter, convert);
}
