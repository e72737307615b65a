/*
 * npm run bench cluster -- [--runs N] [--json FILE]
 *
 * What a second worker does to a job on a cluster: the same SFT of a tiny model by one worker and by two, in alternation, on
 * a Ray cluster of two nodes of this machine, as `npm run test:cluster` has it. It prints the table of docs/cluster.md. That
 * the parts work together is what it says; of the speed of a real model on real nodes it says nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { tellFailure } from '../src/cli/failure.ts';
import { positiveNumber } from '../src/cli/options.ts';
import { processTerminal } from '../src/cli/terminal.ts';
import { weightsFingerprint } from '../src/engine/weights/weightsFingerprint.ts';
import { clusterExports } from '../src/process/cluster/clusterExports.ts';
import { writeClusterJob } from '../src/process/cluster/clusterJob.ts';
import { stagesIn } from '../src/process/cluster/clusterLog.ts';
import { submitExports } from '../src/process/cluster/clusterWork.ts';
import { jobEnded } from '../src/process/errors.ts';
import { jobLogs, jobStatus, rayAddress, type RayAddress } from '../src/process/cluster/rayJobs.ts';
import { hyperparametersSchema } from '../src/trainer/hyperparameters.ts';
import { mean } from '../src/trainer/gate/statistics.ts';
import { startRayCluster } from '../test/support/rayCluster.ts';
import { askedAt, demonstration, recordsOf } from '../test/trainer/feedbackRecords.ts';
import { fromUser } from './learning/learningOptions.ts';
import { requirePlaceOf } from '../src/cli/paths.ts';
import { describeMachine, machineText } from './report/machine.ts';

/** What one job came to. */
interface Measured {
  /** From the first step that it told of to the last. */
  readonly trainingSeconds: number;
  /** From `submit` to its end. */
  readonly wholeSeconds: number;
  /** Over all steps. */
  readonly meanLoss: number;
}

/** 100 rows, so 25 steps of 4 a pass: eight passes are 200 steps. */
const rows = 100;
const steps = 200;
const batchSize = 4;
const workerCounts = [1, 2] as const;

const model = join(import.meta.dirname, '..', 'test', 'golden', 'tiny-qwen2');
const lookMs = 500;

const interrupted = new AbortController();
// The nodes outlive a process that only dies.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
const terminal = processTerminal(interrupted.signal);
const { runs, json } = new Command('bench cluster')
  .option('--runs <count>', 'jobs of each', positiveNumber, 1)
  .option('--json <file>', 'write the numbers there too', fromUser)
  .parse()
  .opts<{ runs: number; json?: string }>();
const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));

try {
  await requirePlaceOf(json);
  const machine = describeMachine({});
  terminal.print(machineText(machine));
  const measured = await measureAll();
  terminal.print(tableOf(measured));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, measured }, null, 2)}\n`);
} catch (error) {
  process.exitCode = tellFailure(error, false, terminal);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The jobs of each number of workers, in the order of `workerCounts`. */
async function measureAll(): Promise<Measured[][]> {
  const cluster = await startRayCluster();
  try {
    const address = rayAddress(cluster.address, undefined, false);
    const measured: Measured[][] = workerCounts.map(() => []);
    for (let run = 0; run < runs; run++)
      for (const [i, workers] of workerCounts.entries()) {
        measured[i]!.push(await measure(address, workers, join(folder, `job-${workers}-${run}`)));
        terminal.tell(`Run ${run + 1} with ${workers}: ${JSON.stringify(measured[i]!.at(-1))}`);
      }
    return measured;
  } finally {
    cluster.stop();
  }
}

async function measure(address: RayAddress, workers: number, job: string): Promise<Measured> {
  await exportTo(job, workers);
  const exports = await clusterExports([job]);
  const startMs = performance.now();
  const log = await logOfWhole(address, await submitExports(address, exports, interrupted.signal));
  const wholeSeconds = (performance.now() - startMs) / 1000;
  const [sft] = stagesIn(log);
  return { trainingSeconds: sft!.seconds, wholeSeconds, meanLoss: mean(sft!.curves['loss']!) };
}

async function exportTo(job: string, workers: number): Promise<void> {
  const demonstrations = Array.from({ length: rows }, (_, i) =>
    demonstration(askedAt(`a${i} = █\n`, i, `file:///${i % 8}.ts`), `value${i} + ${i};`),
  );
  await writeClusterJob(job, recordsOf({ demonstrations }), {
    base: { name: 'tiny', sha256: await weightsFingerprint(join(model, 'model.safetensors')), path: model },
    hyperparameters: hyperparametersSchema.parse({
      ...{ lora: { rank: 2, alpha: 4 }, heldOutShare: 0 },
      sft: { epochs: (steps * batchSize) / rows, batchSize, learningRate: 0.01, maxValidation: 0 },
    }),
    ...{ method: 'sft', seed: 1, maxPromptTokens: 64, maxNewTokens: 24 },
    ...{ storage: join(folder, 'storage'), workers, usesGpu: false },
  });
}

/** Throws ProcessError 'jobEnded' where it did not come to its end. */
async function logOfWhole(address: RayAddress, id: string): Promise<string> {
  for (;;) {
    const { status } = await jobStatus(address, id);
    if (status !== 'PENDING' && status !== 'RUNNING') {
      const log = await jobLogs(address, id);
      if (status !== 'SUCCEEDED') throw jobEnded(id, status, log.slice(-500));
      return log;
    }
    await wait(lookMs, undefined, { signal: interrupted.signal });
  }
}

/** As docs/cluster.md has it; several runs one behind the other. */
function tableOf(measured: readonly (readonly Measured[])[]): string {
  const row = (title: string, text: (one: Measured) => string): string =>
    `| ${[title, ...measured.map((all) => all.map(text).join(', '))].join(' | ')} |`;
  return [
    `| SFT, ${steps} steps of ${batchSize} rows | 1 worker | 2 workers |`,
    '| --- | --- | --- |',
    row('training', ({ trainingSeconds }) => `${trainingSeconds.toFixed(1)} s`),
    row('from `submit` to the end', ({ wholeSeconds }) => `${wholeSeconds.toFixed(0)} s`),
    row('mean loss over the training', ({ meanLoss }) => meanLoss.toFixed(3)),
  ].join('\n');
}
