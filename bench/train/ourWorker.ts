/*
 * node ourWorker.ts TASK: one side of the training benchmark. For each line on standard input it
 * makes one step of the shipped SFT stage and prints what it took as a line of JSON; at the end of
 * the input it prints the peak of its memory.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freshLora } from '../../src/engine/model/lora.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { trainedModel, type TrainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { RetrainRun, type StageResult } from '../../src/trainer/retrainRun.ts';
import { runSft } from '../../src/trainer/stages/sft.ts';
import type { StageRuntime } from '../../src/trainer/stages/stage.ts';
import { machineClocks } from '../../src/trainer/workClock.ts';
import { throughPrompt } from '../../test/support/throughPrompt.ts';
import type { TrainingTask } from './trainingTask.ts';
import type { WorkerLine } from './worker.ts';

class NoMoreSteps extends Error {}

/** More than anybody asks for: whoever started this ends it. */
const endless = 1_000_000;

const task = JSON.parse(process.argv[2]!) as TrainingTask;
const commands = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const folder = await mkdtemp(join(tmpdir(), 'attune-bench-'));
try {
  await train();
} finally {
  await rm(folder, { recursive: true, force: true });
}
say({ kind: 'end', peakRssMb: process.resourceUsage().maxRSS / 1024 });
process.exit();

async function train(): Promise<void> {
  const base = await openModelFolder(task.modelFolder);
  const model = trainedModel(base, task.lora);
  const hooks = {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    waitForTurn: () => Promise.resolve(),
    ...machineClocks,
  };
  const options = { base, threads: task.threads, folder, jobKey: 'benchmark', seed: 1 };
  const run = await RetrainRun.open(options, hooks);
  await run.stage('sft', (runtime) => stepOnCommand(run, model, runtime)).catch(endedByCommand);
  await run.dispose();
}

/** The stage itself, held up behind every step until the next is asked for. */
async function stepOnCommand(
  run: RetrainRun,
  model: TrainedModel,
  runtime: StageRuntime,
): Promise<StageResult> {
  const trainee = run.trainee('sft', model, freshLora(model.layout, RandomStream.named(1, 'lora')));
  const { promptTokens, completionTokens, gradient, adam, learningRate } = task;
  const trained = { promptTokens, completionTokens, freeFrom: 0, weight: 1 };
  const sequence = gradient === 'whole' ? throughPrompt(trained) : trained;
  const sft = { ...defaultHyperparameters.sft, learningRate, epochs: endless, batchSize: 1, warmupSteps: 0 };
  say({ kind: 'ready' });
  let beganMs = await nextCommand();
  const afterStep = async (): Promise<void> => {
    const ms = performance.now() - beganMs;
    say({ kind: 'step', ms, loss: runtime.state.curves['loss']!.at(-1)! });
    beganMs = await nextCommand();
  };
  await runSft(
    { policy: trainee, packs: [() => [sequence]] },
    { ...defaultHyperparameters, sft, adam },
    { ...runtime, afterStep },
  );
  return { theta: trainee.theta, metrics: {} };
}

/** When a step was asked for. Throws when no more are wanted. */
async function nextCommand(): Promise<number> {
  const { done } = await commands.next();
  if (done === true) throw new NoMoreSteps();
  return performance.now();
}

function say(line: WorkerLine): void {
  console.log(JSON.stringify(line));
}

function endedByCommand(error: unknown): void {
  if (!(error instanceof NoMoreSteps)) throw error;
}
