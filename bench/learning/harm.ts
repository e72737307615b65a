import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import { mergeForServing, type ServedAdapter } from '../../src/engine/generation/servedPolicy.ts';
import { dropMergedWeights } from '../../src/engine/weights/int8Weights.ts';
import { leftText } from '../../src/cli/timeLeft.ts';
import { tokenLoss } from '../../test/support/tokenLoss.ts';
import { mergeShowingProgress } from './loadShowingProgress.ts';
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
export async function measureHarm(
  {
    base,
    folder,
    trainingFolder,
    terminal,
  }: Pick<Project, 'base' | 'folder' | 'trainingFolder' | 'terminal'>,
  adapter: ServedAdapter,
): Promise<Harm> {
  const before = await kept(join(folder, lossFile), lossSchema, () => lossOf('base', base, terminal));
  const after = await kept(join(trainingFolder, lossFile), lossSchema, async () => {
    // What another stage left merged in the folder is not this adapter's.
    await dropMergedWeights(adapter.folder);
    const int8Weights = await mergeShowingProgress(terminal, (convert) =>
      mergeForServing(base, adapter, convert),
    );
    return lossOf('retrained', { ...base, int8Weights }, terminal);
  });
  rmSync(adapter.folder, { recursive: true, force: true });
  return { base: before.loss, retrained: after.loss };
}

const lossFile = 'elsewhere.json';

/** A model's token loss; how far it is is shown, and Ctrl+C ends it. */
async function lossOf(
  name: string,
  model: Project['base'],
  { signal, showProgress }: Project['terminal'],
): Promise<z.infer<typeof lossSchema>> {
  const progress = showProgress(`token loss, ${name}`);
  const startMs = performance.now();
  try {
    const loss = await tokenLoss(model, model.int8Weights ? 'int8' : 'float32', async (done, total) => {
      progress.update(done, total, leftText(performance.now() - startMs, done, total));
      // Lets Ctrl+C in: a run of the model leaves no gap.
      await nextTurn();
      signal.throwIfAborted();
    });
    return { loss };
  } finally {
    progress.finish();
  }
}
