/*
 * The trainer: a process for one retraining, to bring one adapter or one file of feedback in or out, to find out how
 * models will run, or to talk to a cluster, at low priority. It may be killed at any moment; the next one goes on from the checkpoint.
 */
import { constants, setPriority } from 'node:os';
import { systemClock } from '../completion/systemClock.ts';
import { movedAsideNotice } from '../feedback/errors.ts';
import { inEnglish } from '../sentences/sentence.ts';
import { machineClocks } from '../trainer/workClock.ts';
import type { ClusterJobState } from './cluster/clusterClients.ts';
import { clusterExports } from './cluster/clusterExports.ts';
import { dashboardAt, exportWork, followJob, submitExports } from './cluster/clusterWork.ts';
import { exportStored } from './training/exportStored.ts';
import { importAdapter as takeIn } from './training/importAdapter.ts';
import { letOtherSessionsGoFirst } from './training/otherSessions.ts';
import { connectToParent } from './parent.ts';
import { predictModels as predict } from './training/predictModels.ts';
import {
  clusterExport,
  clusterFollow,
  clusterPreview,
  clusterProgress,
  clusterStop,
  clusterSubmit,
} from './cluster/clusterMessages.ts';
import { loadProgress } from './protocol.ts';
import {
  exportAdapter,
  exportFeedback,
  importAdapter,
  importFeedback,
  predictModels,
  retrain,
  retrainProgress,
} from './trainerMessages.ts';
import { stopJob } from './cluster/rayJobs.ts';
import { runRetraining, type JobHooks } from './training/retraining.ts';
import { sparingly } from './sparingly.ts';
import { exportStore, importIntoStore } from './exchange/storeExchange.ts';
import { TrainingTurns } from './training/trainingTurns.ts';
import { removeWantedFile } from './training/wantedFile.ts';

setPriority(constants.priority.PRIORITY_LOW);
const parent = connectToParent();
const [wantedFile = ''] = process.argv.slice(2);
const turns = new TrainingTurns(systemClock, wantedFile);

const tellLoading = () => sparingly((progress) => parent.notify(loadProgress, progress), Date.now);

const hooksOf = (signal: AbortSignal): JobHooks => ({
  signal,
  onModelProgress: tellLoading(),
  onProgress: (progress) => parent.notify(retrainProgress, progress),
  waitForTurn: () => turns.waitForTurn(),
  ...machineClocks,
});

/** Work of minutes, behind whatever else wants to run on this machine. */
async function inBackground<T>(work: () => Promise<T>): Promise<T> {
  letOtherSessionsGoFirst();
  try {
    return await work();
  } finally {
    await removeWantedFile(wantedFile);
  }
}

parent.answer(retrain, (settings, signal) => inBackground(() => runRetraining(settings, hooksOf(signal))));
parent.answer(importAdapter, (settings, signal) => inBackground(() => takeIn(settings, hooksOf(signal))));
parent.answer(exportAdapter, async (settings, signal) => {
  await exportStored(settings, { signal, onProgress: tellLoading() });
  return {};
});
parent.answer(exportFeedback, exportStore);
parent.answer(importFeedback, (settings, signal) => {
  const onMovedAside = (aside: string): unknown =>
    process.stderr.write(`${inEnglish(movedAsideNotice(aside))}\n`);
  return importIntoStore(settings, { onMovedAside, signal });
});
parent.answer(predictModels, async (settings, signal) => ({ models: await predict(settings, signal) }));
parent.answer(clusterExport, (settings, signal) =>
  exportWork(settings, { signal, onModelProgress: tellLoading() }),
);
parent.answer(clusterPreview, async ({ folders }) => clusterExports(folders));
parent.answer(clusterSubmit, async ({ address, folders }, signal) => ({
  id: await submitExports(dashboardAt(address), await clusterExports(folders), signal),
}));
parent.answer(clusterFollow, async ({ address, ...job }, signal) => {
  const onProgress = (state: ClusterJobState): void => parent.notify(clusterProgress, state);
  await followJob({ ...job, address: dashboardAt(address) }, { signal, onProgress });
  return {};
});
parent.answer(clusterStop, async ({ address, id }, signal) => {
  await stopJob(dashboardAt(address), id, signal);
  return {};
});
parent.listen();
