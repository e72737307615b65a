import { ensureModelFolder } from '../engine/catalogue/ensureModelFolder.ts';
import type { BaseModel } from '../engine/generation/modelPolicy.ts';
import { openModelFolder } from '../engine/weights/modelFolder.ts';
import { showProgress } from './progressBar.ts';

/** The model, downloaded and converted first where it is not there yet, with progress on the way. */
export async function bringModel(model: string, signal: AbortSignal): Promise<BaseModel> {
  const progress = showProgress(model);
  const folder = await ensureModelFolder(model, {
    signal,
    onProgress: ({ phase, doneBytes, totalBytes }) =>
      progress.update(megabytes(doneBytes), megabytes(totalBytes), `MB, ${phase}`),
  });
  progress.finish();
  return openModelFolder(folder);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
