/*
 * node retrainWorker.ts TASK: one shipped retraining, alone in its process, so that its memory can be
 * told. Says on standard output how far it is, as lines of JSON, and keeps what came of it in a file. The
 * end of standard input cancels it; its checkpoint stays.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BaseModel } from '../../src/engine/generation/modelPolicy.ts';
import { isAbort } from '../../src/engine/invariant.ts';
import { loraLayout } from '../../src/engine/model/lora.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { TrainerError } from '../../src/trainer/errors.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import type { Manifest } from '../../src/trainer/adapters/manifest.ts';
import { retrain } from '../../src/trainer/retrain.ts';
import type { SourceFile } from '../../src/trainer/data/codeWindows.ts';
import { machineClocks } from '../../src/trainer/workClock.ts';
import { beginWithAdapters } from './beginWithAdapters.ts';
import { PeakMemory } from './peakMemory.ts';
import { keep } from './resultFolders.ts';
import {
  retrainingPathsIn,
  type RetrainingEnd,
  type RetrainingLine,
  type RetrainingTask,
} from './retrainingTask.ts';
import { lockWork } from './workLock.ts';

const task = JSON.parse(process.argv[2]!) as RetrainingTask;
const paths = retrainingPathsIn(task.folder);
const cancelled = new AbortController();
// The terminal sends Ctrl+C to both processes; the other one decides.
process.on('SIGINT', () => undefined);
process.stdin.resume().once('end', () => cancelled.abort());
// Where the other one was killed, nobody reads what is said.
process.stdout.on('error', () => cancelled.abort());

try {
  await run();
} catch (error) {
  if (TrainerError.is(error)) say({ kind: 'failed', reason: error.reason, sentence: error.sentence });
  else if (!isAbort(error)) throw error;
}
process.stdin.destroy();

async function run(): Promise<void> {
  const lock = lockWork(task.folder);
  if (!existsSync(paths.checkpoint)) rmSync(paths.peakMemory, { force: true });
  const peak = new PeakMemory(paths.peakMemory);
  beginWithAdapters(task);
  const base = await openModelFolder(task.modelFolder);
  const reader = openFeedbackReader(task.storePath);
  let gateSeconds = 0;
  try {
    await retrain(
      {
        records: reader,
        sourceFiles: readFiles(task.sourceFilesPath),
        shownFiles: task.shownFilesPath === undefined ? [] : readFiles(task.shownFilesPath),
        ...{ base, baseModelId: task.baseModelId, adapters: new AdapterStore(paths.adapters) },
        ...{
          checkpointFolder: paths.checkpoint,
          limits: task.limits,
          seed: task.seed,
          threads: task.threads,
        },
        hyperparameters: hyperparametersSchema.parse(task.hyperparameters),
      },
      {
        signal: cancelled.signal,
        onProgress: (progress) => {
          if (progress.stage === 'gate') gateSeconds = progress.seconds;
          peak.note();
          say({ kind: 'progress', progress });
        },
        // Lets the end of the input in: training hardly ever waits for anything.
        waitForTurn: () => nextTurn(),
        ...machineClocks,
        onTrained: async ({ sft, final }, found) => {
          await keepAdapter(base, paths.sftAdapters, sft, found);
          await keepAdapter(base, paths.finalAdapters, final, found);
          const { adapterId } = found;
          const peakRssMb = peak.note();
          // Here, where the checkpoint is still there, and by this process: the other one may be gone.
          keep(paths.end, { adapterId, gateSeconds, peakRssMb } satisfies RetrainingEnd);
        },
      },
    );
  } finally {
    reader.close();
    lock.dispose();
  }
}

function readFiles(path: string): SourceFile[] {
  return JSON.parse(readFileSync(path, 'utf8')) as SourceFile[];
}

/** Keeps what a stage left as an adapter, in a store of its own. */
async function keepAdapter(
  base: BaseModel,
  folder: string,
  theta: Float32Array,
  manifest: Manifest,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { lora } = manifest.hyperparameters;
  await new AdapterStore(folder).save({
    ...{ theta, layout: loraLayout(base.config, lora), manifest },
    peft: { alpha: lora.alpha, taskType: 'CAUSAL_LM' },
  });
}

function say(line: RetrainingLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
