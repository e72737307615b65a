/*
 * npm run bench:train [-- --model ID] [--quick] [--json FILE]
 *
 * Training steps of ours and of PyTorch with the same weights, sequence and settings, in
 * alternation. Ours leave the prompt out of the gradient, except where it says so; PyTorch's never do.
 * Draws docs/training.svg, except with --quick or --model.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGoldenPython } from '../scripts/setup/python.mjs';
import { openModelFolder } from '../src/engine/weights/modelFolder.ts';
import { benchmarkCommand, benchmarkOptions } from './report/benchmarkOptions.ts';
import { bringFolder } from './report/bringFolder.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { drawIntoDocs } from './report/drawIntoDocs.ts';
import { showSteps, type StepProgress } from './report/timeLeft.ts';
import {
  modelResult,
  shapeResult,
  trainChart,
  trainText,
  warmupSteps,
  type MeasuredSide,
  type ShapeResult,
  type TrainModelResult,
} from './train/trainReport.ts';
import { shapes, trainingTask, type TrainingTask } from './train/trainingTask.ts';
import { Worker, type Step } from './train/worker.ts';

/** Counted steps: their spread is a few percent, so a dozen is enough for a median. */
const countedSteps = { full: 12, quick: 3 } as const;

/** A pause between turns: threads of the other side that still spin have gone to sleep. */
const settleMs = 100;

const { models, isQuick, json } = benchmarkOptions(benchmarkCommand('bench:train'));
const python = findGoldenPython();
if (python === undefined) throw new Error('PyTorch is not there: npm run bench:train brings it.');
const stepCount = warmupSteps + countedSteps[isQuick ? 'quick' : 'full'];
const versions: Record<string, string> = {};
const machine = describeMachine(versions);
const results: TrainModelResult[] = [];
for (const model of models) results.push(await measure(model));
const result = { machine, models: results };
console.log(`\n${machineText(machine)}`);
for (const model of results) console.log(`\n${trainText(model)}`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
if (!isQuick && models.length > 1) drawIntoDocs('training.svg', trainChart(result));

async function measure(model: string): Promise<TrainModelResult> {
  const folder = await bringFolder(model);
  const { tokenizer } = await openModelFolder(folder);
  const progress = showSteps(model, shapes.length * stepCount);
  const measured: ShapeResult[] = [];
  for (const shape of shapes) {
    const task = trainingTask(folder, tokenizer, { ...shape, threads: availableParallelism() });
    const { ours, peer } = await alternate(task, progress);
    measured.push(shapeResult(shape, ours, peer));
  }
  progress.finish();
  return modelResult(model, measured as [ShapeResult, ...ShapeResult[]]);
}

/** A step of ours, a step of the peer's, and so on. */
async function alternate(
  task: TrainingTask,
  progress: StepProgress,
): Promise<{ readonly ours: MeasuredSide; readonly peer: MeasuredSide }> {
  const workers = await startBoth(JSON.stringify(task));
  const [ours, peer]: [Step[], Step[]] = [[], []];
  try {
    for (let i = 0; i < stepCount; i++) {
      ours.push(await workers.ours.step());
      await sleep(settleMs);
      peer.push(await workers.peer.step());
      await sleep(settleMs);
      progress.done('training steps');
    }
    const peaks = { ours: await workers.ours.end(), peer: await workers.peer.end() };
    return {
      ours: { steps: ours, peakRssMb: peaks.ours },
      peer: { steps: peer, peakRssMb: peaks.peer },
    };
  } finally {
    workers.ours.kill();
    workers.peer.kill();
  }
}

async function startBoth(task: string): Promise<{ readonly ours: Worker; readonly peer: Worker }> {
  const file = (name: string): string => join(import.meta.dirname, 'train', name);
  const ours = await Worker.start(process.execPath, [file('ourWorker.ts'), task]);
  const peer = await Worker.start(python!, [file('peer_worker.py'), task]);
  Object.assign(versions, peer.versions);
  return { ours, peer };
}
