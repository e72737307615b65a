import { stat } from 'node:fs/promises';
import { arch, cpus, freemem, release, totalmem } from 'node:os';
import type { AdapterId } from '../engine/policy.ts';
import type { FeedbackCounts } from '../feedback/storing/feedbackStore.ts';
import { openFeedbackReader } from '../feedback/storing/sqliteFeedbackReader.ts';
import { adaptersIn } from './adapters.ts';
import type { DataPaths } from './dataFolder.ts';

/** This machine as far as it decides how quick a model is. */
export function machineFacts() {
  const processors = cpus();
  return {
    system: `${process.platform} ${release()} ${arch()}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
}

/** How many adapters there are, and which serves. */
export async function adapterFacts(
  folder: string,
): Promise<{ readonly count: number; readonly servingId?: AdapterId | undefined }> {
  const adapters = adaptersIn(folder);
  return { count: (await adapters.list()).length, servingId: await adapters.servingId() };
}

/** What the store of a data folder holds. Throws a StoreError when there is none that can be read. */
export async function storeFacts({
  store: path,
}: Pick<DataPaths, 'store'>): Promise<{ readonly bytes: number; readonly counts: FeedbackCounts }> {
  const reader = openFeedbackReader(path);
  try {
    return { bytes: await databaseBytes(path), counts: reader.counts() };
  } finally {
    reader.close();
  }
}

/** What a database takes on the disk, its log included. */
async function databaseBytes(path: string): Promise<number> {
  const sizes = await Promise.all(
    ['', '-wal'].map((end) =>
      stat(path + end).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
