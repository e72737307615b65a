import { setTimeout as wait } from 'node:timers/promises';
import { weightsFingerprint } from '../../engine/weights/weightsFingerprint.ts';
import { openFeedbackReader } from '../../feedback/storing/sqliteFeedbackReader.ts';
import { clusterArchive } from './clusterArchive.ts';
import type { ClusterAddress, ClusterExportSettings, ClusterJobState } from './clusterClients.ts';
import { clusterExports, type ClusterExport } from './clusterExports.ts';
import { clusterHyperparameters } from './clusterHyperparameters.ts';
import { writeClusterJob } from './clusterJob.ts';
import { progressIn, writeLoggedFiles } from './clusterLog.ts';
import { jobEnded, ProcessError } from '../errors.ts';
import { jobLogs, jobStatus, rayAddress, submitJob, type RayAddress } from './rayJobs.ts';
import { openModel, type JobHooks } from '../training/retraining.ts';

/** Writes what would travel of a store to a new folder, and names it. */
export async function exportWork(
  { model, storePath, basePath, folder, ...rest }: ClusterExportSettings,
  hooks: Pick<JobHooks, 'signal' | 'onModelProgress'>,
): Promise<ClusterExport> {
  const hyperparameters = clusterHyperparameters(rest.hyperparameters);
  const { weights } = await openModel(model, hooks);
  const base = { name: model, sha256: await weightsFingerprint(weights.path), path: basePath };
  const reader = openFeedbackReader(storePath);
  try {
    await writeClusterJob(folder, reader, { ...rest, hyperparameters, base });
  } finally {
    reader.close();
  }
  const [written] = await clusterExports([folder]);
  return written!;
}

/** Sends exports and starts a job on them; gives its id. */
export async function submitExports(
  address: RayAddress,
  exports: readonly ClusterExport[],
  signal: AbortSignal,
): Promise<string> {
  const archive = await clusterArchive(exports);
  return submitJob(address, { archive, entrypoint: 'python -m attune_cluster.train', signal });
}

/** The dashboard that an address names. */
export function dashboardAt({ url, token, isPlainMeant }: ClusterAddress): RayAddress {
  return rayAddress(url, token, isPlainMeant);
}

/** How a job stands, and the last step that its log tells of. */
async function jobState(
  address: RayAddress,
  id: string,
  signal: AbortSignal,
): Promise<ClusterJobState & { logs: string }> {
  const { status } = await jobStatus(address, id, signal);
  const logs = await jobLogs(address, id, signal);
  return { status, logs, progress: progressIn(logs).at(-1) };
}

/** A step takes a second or more, and the log is read anew each time. */
const lookMs = 3_000;

/** A network that is away for a moment, as behind a closed lid, ends no waiting: some minutes of looks that fail at once, an hour of such that hang. */
const maxMisses = 60;

/**
 * Waits for a job and writes its adapter to a new folder. Throws ProcessError 'jobEnded' where it ended
 * without one.
 */
export async function followJob(
  { address, id, folder }: { readonly address: RayAddress; readonly id: string; readonly folder: string },
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (state: ClusterJobState) => void },
): Promise<void> {
  for (let misses = 0; ;) {
    const found = await jobState(address, id, signal).catch((error: unknown) => {
      if (!ProcessError.is(error, 'clusterUnreachable') || ++misses > maxMisses) throw error;
      return undefined;
    });
    signal.throwIfAborted();
    if (found !== undefined) {
      misses = 0;
      const { status, progress, logs } = found;
      onProgress({ status, progress });
      if (status === 'SUCCEEDED') return writeLoggedFiles(logs, folder);
      if (status === 'FAILED' || status === 'STOPPED') throw jobEnded(id, status, lastLines(logs));
    }
    await wait(lookMs, undefined, { signal });
  }
}

/** Where Python says why it ended. */
function lastLines(logs: string): string {
  return logs.trim().split('\n').slice(-3).join(' ').slice(-500);
}
