import { showInMegabytes } from '../../src/cli/models.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { BaseModel, ModelPolicy } from '../../src/engine/generation/modelPolicy.ts';
import { loadServedPolicy, type ServedPolicyOptions } from '../../src/engine/generation/servedPolicy.ts';
import { freeBytesOf } from '../../src/engine/weights/diskSpace.ts';

/** A policy as it serves; merging its adapter first shows how far it is. */
export async function loadShowingProgress(
  base: BaseModel,
  served: Omit<ServedPolicyOptions, 'convert'>,
  { signal, showProgress }: Pick<Terminal, 'signal' | 'showProgress'>,
): Promise<ModelPolicy> {
  const progress = showProgress('merging');
  const convert = { signal, onProgress: showInMegabytes(progress), freeBytes: freeBytesOf };
  try {
    return await loadServedPolicy(base, { ...served, convert });
  } finally {
    progress.finish();
  }
}
