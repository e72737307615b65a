/*
 * npm run bench:learning -- --old DIR --new DIR [--old DIR --new DIR ...] [--model ID]
 *   [--against ID] [--train-minutes T] [--twice] [--max-requests N] [--json FILE]
 *
 * Lives through what changed between two versions of each project as its developer did, retrains
 * once from the first part of it, and asks base model and retrained policies at the same places of
 * the rest, and another model as it comes where --against names one; with --twice it goes on with later work and does it again. What is done is kept: a run that was stopped goes on where it was. Draws
 * docs/learning.svg where the projects are those of the corpus.
 */
import { writeFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sayingWhatIsLeft } from '../src/cli/cancelling.ts';
import { tellFailure } from '../src/cli/failure.ts';
import { bringModelFolder } from '../src/cli/models.ts';
import { interruptibleTerminal, type Terminal } from '../src/cli/terminal.ts';
import { openModelFolder } from '../src/engine/weights/modelFolder.ts';
import { learningOptions, type LearningOptions } from './learning/learningOptions.ts';
import { isCorpus } from './learning/corpus.ts';
import { learningChart, projectText, togetherText } from './learning/learningReport.ts';
import { learningResult, type LearningResult } from './learning/learningResult.ts';
import { measureProject, type OtherModel, type ProjectRun } from './learning/measureProject.ts';
import { named, namesOf } from './learning/pairNames.ts';
import { PairsLeftOut } from './learning/pairsLeftOut.ts';
import { readPairWork, type PairWork } from './learning/pairWork.ts';
import { describeMachine, machineText, type Machine } from './report/machine.ts';
import { drawIntoDocs } from './report/drawIntoDocs.ts';
import { showSteps } from './report/timeLeft.ts';

const terminal = interruptibleTerminal();

try {
  const options = await learningOptions(process.argv.slice(2));
  const machine = describeMachine({});
  terminal.print(machineText(machine));
  const left = () => `What was done is kept in ${options.results}: the same command goes on from there.`;
  const result = await sayingWhatIsLeft(measureAll(options, machine), left);
  const isWhole = result.notJudged.length === 0;
  if (isWhole && isCorpus(options.pairs)) drawIntoDocs('learning.svg', learningChart(result));
} catch (error) {
  process.exitCode = tellFailure(error, false, terminal);
}

/** All works are read before the first is measured: what is wrong with one is said at once. */
async function measureAll(options: LearningOptions, machine: Machine): Promise<LearningResult> {
  const { seed, model, json } = options;
  const isAlone = options.pairs.length === 1;
  const leftOut = new PairsLeftOut((why) => isAlone || terminal.print(why));
  const works = await readWorks(options, leftOut);
  leftOut.requireOthers(works.length);
  const modelFolder = await bringModelFolder(model, terminal);
  const base = await openModelFolder(modelFolder);
  const against = options.against === undefined ? undefined : await bringOther(options.against);
  const runs: ProjectRun[] = [];
  for (const [index, { name, rounds }] of works.entries()) {
    const place = `${index + 1}/${works.length}`;
    const numbered: Terminal = {
      ...terminal,
      showProgress: (label) => terminal.showProgress(`${place} ${label}`),
    };
    const measuring = { options, base, modelFolder, terminal: numbered, against };
    const run = await leftOut.unlessTooLittle(name, () => measureProject(rounds, measuring));
    if (run === undefined) continue;
    runs.push(named(run, name));
    terminal.print(`\n${projectText(runs.at(-1)!, seed)}`);
    // By and by: a run that is stopped leaves the numbers of the projects it came to.
    if (json !== undefined) writeResult(json, learningResult({ machine, model, seed }, runs, leftOut.all));
  }
  leftOut.requireOthers(runs.length);
  const result = learningResult({ machine, model, seed }, runs, leftOut.all);
  if (json !== undefined) writeResult(json, result);
  terminal.print(`\n${togetherText(runs, result)}`);
  return result;
}

function writeResult(path: string, result: LearningResult): void {
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}

/** The work of a pair, in rounds, and what it is called beside the others. */
interface NamedWork {
  readonly name: string;
  readonly rounds: readonly PairWork[];
}

async function readWorks(
  { pairs, seed, twice }: LearningOptions,
  leftOut: PairsLeftOut,
): Promise<NamedWork[]> {
  const progress = showSteps('reading', pairs.length, terminal.showProgress('reading'));
  const works: NamedWork[] = [];
  try {
    for (const [index, name] of namesOf(pairs).entries()) {
      const reading = { seed, rounds: twice ? 2 : 1 } as const;
      const rounds = await leftOut.unlessTooLittle(name, () => readPairWork(pairs[index]!, reading));
      if (rounds !== undefined) works.push({ name, rounds });
      progress.done(name);
      // Lets Ctrl+C in: comparing two versions hardly waits for anything.
      await nextTurn();
      terminal.signal.throwIfAborted();
    }
    return works;
  } finally {
    progress.finish();
  }
}

async function bringOther(model: string): Promise<OtherModel> {
  const modelFolder = await bringModelFolder(model, terminal);
  return { model, modelFolder, base: await openModelFolder(modelFolder) };
}
