/*
 * npm run bench precision [-- --model ID] [--quick] [--json FILE]
 *
 * What int8 training costs in quality: the shipped SFT stage on this project's own source, in float32 and in
 * int8, and the loss on files of it that were not learned from. What is done is kept in
 * artifacts/precision: a run of the same code that was stopped goes on where it was.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { sayingWhatIsLeft } from '../src/cli/cancelling.ts';
import { tellFailure } from '../src/cli/failure.ts';
import { interruptibleTerminal } from '../src/cli/terminal.ts';
import { openModelFolder, type ModelFolder } from '../src/engine/weights/modelFolder.ts';
import { readProjectFiles } from '../src/feedback/files/projectFiles.ts';
import type { SourceFile } from '../src/trainer/data/codeWindows.ts';
import { kept, modelIdentity, trainingFolder, workFolder } from './learning/resultFolders.ts';
import {
  precisionResult,
  precisionText,
  type PrecisionModelResult,
  type SeedResult,
} from './precision/precisionReport.ts';
import { trainOnce } from './precision/trainOnce.ts';
import { benchmarkCommand, benchmarkOptions } from './report/benchmarkOptions.ts';
import { bringFolder } from './report/bringFolder.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { showSteps } from './report/timeLeft.ts';

/** What is promised: 200 steps, three seeds. */
const full = { steps: 200, seeds: [1, 2, 3] };
const quick = { steps: 10, seeds: [1] };

/** One file of so many is held out. */
const heldOutEvery = 5;

const lossSchema = z.object({ before: z.number(), after: z.number() });

const { models, isQuick, json } = benchmarkOptions(benchmarkCommand('bench precision'));
const { steps, seeds } = isQuick ? quick : full;
const results = resolve(import.meta.dirname, '../artifacts/precision');
const terminal = interruptibleTerminal();
const machine = describeMachine({});
terminal.print(machineText(machine));
try {
  await sayingWhatIsLeft(
    measureAll(),
    () => `What was done is kept in ${results}: the same command goes on from there.`,
  );
} catch (error) {
  process.exitCode = tellFailure(error, false, terminal);
}

async function measureAll(): Promise<void> {
  const measured: PrecisionModelResult[] = [];
  for (const model of models) {
    const result = precisionResult(model, steps, await measure(model));
    measured.push(result);
    terminal.print(`\n${precisionText(result)}`);
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, models: measured }, null, 2)}\n`);
}

async function measure(model: string): Promise<SeedResult[]> {
  const modelFolder = await bringFolder(model);
  const base = await openModelFolder(modelFolder);
  const files = await ownSource();
  const progress = showSteps(model, 2 * seeds.length * steps);
  const losses = (precision: 'float32' | 'int8', seed: number) =>
    lossAfter({ model, modelFolder, base, files, precision, seed }, (note) => {
      progress.done(`${precision}, seed ${seed}: ${note}`);
    });
  const all: SeedResult[] = [];
  for (const seed of seeds)
    all.push({ seed, float32: await losses('float32', seed), int8: await losses('int8', seed) });
  progress.finish();
  return all;
}

interface Training {
  readonly model: string;
  readonly modelFolder: string;
  readonly base: ModelFolder;
  readonly files: readonly SourceFile[];
  readonly precision: 'float32' | 'int8';
  readonly seed: number;
}

function lossAfter(
  { model, modelFolder, base, files, precision, seed }: Training,
  onStep: (note: string) => void,
) {
  const work = workFolder(results, model, modelIdentity(modelFolder));
  const folder = trainingFolder(work, { precision, seed, steps });
  return kept(join(folder, 'loss.json'), lossSchema, () =>
    trainOnce({
      ...{ base, precision, steps, seed, onStep },
      learned: files.filter((_, index) => index % heldOutEvery !== 0),
      heldOut: files.filter((_, index) => index % heldOutEvery === 0),
      threads: availableParallelism(),
      folder: join(folder, 'checkpoint'),
      signal: terminal.signal,
    }),
  );
}

/** This project's source in the order of its paths, so that the same version gives the same files. */
async function ownSource(): Promise<SourceFile[]> {
  const files = await readProjectFiles(resolve(import.meta.dirname, '../src'), { mayAskGit: true });
  const byPath = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return byPath.map(({ path, languageId, text }) => ({
    ...{ documentUri: `file:///${path}`, path },
    ...{ languageId, text },
  }));
}
