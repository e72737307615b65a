import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMismatch } from '../../../src/engine/catalogue/verifyFile.ts';
import { isAbort } from '../../../src/engine/invariant.ts';
import type { ModelProgress } from '../../../src/engine/weights/progress.ts';
import { saying } from '../../support/saying.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyContent, tinyEntry } from '../../support/tinyEntry.ts';

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

function write(content: Uint8Array | string): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, content);
  return path;
}

describe('findMismatch', () => {
  it('finds nothing wrong with the expected file', async () => {
    const seen: ModelProgress[] = [];
    const onProgress = (progress: ModelProgress) => seen.push(progress);
    expect(await findMismatch(write(tinyContent), tinyEntry, { ...quiet, onProgress })).toBeUndefined();
    expect(seen.at(-1)).toEqual({ phase: 'verify', doneBytes: 43, totalBytes: 43 });
  });

  it('says both sizes', async () => {
    expect(await findMismatch(write('short'), tinyEntry, quiet)).toEqual(
      saying('it has 5 bytes where 43 are expected'),
    );
  });

  it('says both hashes', async () => {
    const mismatch = await findMismatch(write('x'.repeat(43)), tinyEntry, quiet);
    expect(mismatch).toEqual(saying(/^its SHA-256 is [0-9a-f]{64} where [0-9a-f]{64} is expected$/));
    expect(mismatch).toEqual(saying(new RegExp(tinyEntry.sha256)));
  });

  it('ends when it is cancelled', async () => {
    const work = findMismatch(write(tinyContent), tinyEntry, { ...quiet, signal: AbortSignal.abort() });
    await expect(work).rejects.toSatisfy(isAbort);
  });
});
