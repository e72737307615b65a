import { showInMegabytes } from '../../src/cli/models.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { BaseModel, ModelPolicy } from '../../src/engine/generation/modelPolicy.ts';
import { loadServedPolicy, type ServedPolicyOptions } from '../../src/engine/generation/servedPolicy.ts';
import type { ConvertOptions } from '../../src/engine/weights/writeModelFolder.ts';

/** A policy as it serves; merging its adapter first shows how far it is. */
export async function loadShowingProgress(
  base: BaseModel,
  served: Omit<ServedPolicyOptions, 'convert'>,
  terminal: Pick<Terminal, 'signal' | 'showProgress'>,
): Promise<ModelPolicy> {
  return mergeShowingProgress(terminal, (convert) => loadServedPolicy(base, { ...served, convert }));
}

/** What `merge` gives; how far it is is shown. */
export async function mergeShowingProgress<T>(
  { signal, showProgress }: Pick<Terminal, 'signal' | 'showProgress'>,
  merge: (convert: ConvertOptions) => Promise<T>,
): Promise<T> {
  const progress = showProgress('merging');
  try {
    return await merge({ signal, onProgress: showInMegabytes(progress) });
  } finally {
    progress.finish();
  }
}
