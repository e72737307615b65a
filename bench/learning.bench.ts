/*
 * npm run bench:learning -- --old DIR --new DIR [--old DIR --new DIR ...] [--model ID]
 *   [--against ID] [--train-minutes T] [--twice] [--max-requests N] [--json FILE]
 *
 * Lives through what changed between two versions of each project as its developer did, retrains
 * once from the first part of it, and asks base model and retrained policies at the same places of
 * the rest, and another model as it comes where --against names one; with --twice it goes on with later work and does it again. What is done is kept: a run that was stopped goes on where it was. Draws
 * docs/learning.svg where it measures as many projects as the corpus has.
 */
import { writeFileSync } from 'node:fs';
import { sayingWhatIsLeft } from '../src/cli/cancelling.ts';
import { tellFailure } from '../src/cli/failure.ts';
import { bringModelFolder } from '../src/cli/models.ts';
import { interruptibleTerminal, type Terminal } from '../src/cli/terminal.ts';
import { openModelFolder } from '../src/engine/weights/modelFolder.ts';
import { learningOptions, type LearningOptions } from './learning/learningOptions.ts';
import { developmentPairs } from './learning/corpus.ts';
import { learningChart, projectText, togetherText } from './learning/learningReport.ts';
import { learningResult, type LearningResult } from './learning/learningResult.ts';
import { measureProject, type OtherModel, type ProjectRun } from './learning/measureProject.ts';
import { named, namesOf } from './learning/pairNames.ts';
import { readPairWork, type PairWork } from './learning/pairWork.ts';
import { describeMachine, machineText, type Machine } from './report/machine.ts';
import { drawIntoDocs } from './report/drawIntoDocs.ts';

const terminal = interruptibleTerminal();

try {
  const options = await learningOptions(process.argv.slice(2));
  const machine = describeMachine({});
  terminal.print(machineText(machine));
  const left = () => `What was done is kept in ${options.results}: the same command goes on from there.`;
  const result = await sayingWhatIsLeft(measureAll(options, machine), left);
  if (result.projects.length >= developmentPairs.length) drawIntoDocs('learning.svg', learningChart(result));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
} catch (error) {
  process.exitCode = tellFailure(error, false, terminal);
}

/** All works are read before the first is measured: what is wrong with one is said at once. */
async function measureAll(options: LearningOptions, machine: Machine): Promise<LearningResult> {
  const { seed, twice } = options;
  const names = namesOf(options.pairs);
  const works: PairWork[][] = [];
  for (const pair of options.pairs) works.push(await readPairWork(pair, { seed, rounds: twice ? 2 : 1 }));
  const modelFolder = await bringModelFolder(options.model, terminal);
  const base = await openModelFolder(modelFolder);
  const against = options.against === undefined ? undefined : await bringOther(options.against);
  const runs: ProjectRun[] = [];
  for (const [index, work] of works.entries()) {
    const place = `${index + 1}/${works.length}`;
    const numbered: Terminal = {
      ...terminal,
      showProgress: (label) => terminal.showProgress(`${place} ${label}`),
    };
    const measuring = { options, base, modelFolder, terminal: numbered, against };
    const run = named(await measureProject(work, measuring), names[index]!);
    runs.push(run);
    terminal.print(`\n${projectText(run, seed)}`);
  }
  const result = learningResult({ machine, model: options.model, seed }, runs);
  terminal.print(`\n${togetherText(runs, result)}`);
  return result;
}

async function bringOther(model: string): Promise<OtherModel> {
  const modelFolder = await bringModelFolder(model, terminal);
  return { model, modelFolder, base: await openModelFolder(modelFolder) };
}
