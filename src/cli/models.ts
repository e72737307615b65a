import { basename } from 'node:path';
import { ensureModelFolder } from '../engine/catalogue/ensureModelFolder.ts';
import { openModelFolder, type ModelFolder } from '../engine/weights/modelFolder.ts';
import type { OnModelProgress } from '../engine/weights/progress.ts';
import { sayingWhatIsLeft } from './cancelling.ts';
import type { Progress } from './progressBar.ts';
import type { Terminal } from './terminal.ts';

type Watcher = Pick<Terminal, 'signal' | 'showProgress'>;

/** The folder of a model, downloaded and converted first where it is not there yet, with progress on the way. */
export async function bringModelFolder(model: string, { signal, showProgress }: Watcher): Promise<string> {
  const progress = showProgress(basename(model));
  const bringing = ensureModelFolder(model, {
    signal,
    onProgress: showInMegabytes(progress),
  });
  try {
    return await sayingWhatIsLeft(
      bringing,
      () => `What came of ${model} is kept: the same command goes on from there.`,
    );
  } finally {
    progress.finish();
  }
}

/** The model itself, brought first where it is not there yet. */
export async function bringModel(model: string, watcher: Watcher): Promise<ModelFolder> {
  return openModelFolder(await bringModelFolder(model, watcher));
}

/** Shows what is done to a model as megabytes of its phase. */
export function showInMegabytes(progress: Progress): OnModelProgress {
  return ({ phase, doneBytes, totalBytes }) =>
    progress.update(inMegabytes(doneBytes), inMegabytes(totalBytes), `MB, ${phase}`);
}

/** Bytes in megabytes of a million, as download sizes are usually given. */
export function inMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
