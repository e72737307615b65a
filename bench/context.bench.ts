/*
 * npm run bench context -- --old DIR --new DIR [--old DIR --new DIR ...] [--model ID] [--tokens N] [--seed N] [--json FILE]
 *
 * What code of the project's other files is worth in front of a prompt: how far the base model is expected to be right
 * (bench/learning/expectedReach.ts) at every natural pause of what was typed last between two versions of a project, with what
 * is related to the beginning of each stretch of work and without. The prompts show so many tokens of their document both times.
 */
import { defaultLimits, positiveNumber } from '../src/cli/options.ts';
import { projectFolder, ReplayedProject } from '../src/cli/replay/replayedProject.ts';
import { interruptibleTerminal } from '../src/cli/terminal.ts';
import { relatedTokens } from '../src/completion/prompt/prompt.ts';
import type { Tokenizer } from '../src/engine/tokenizer/tokenizer.ts';
import type { ModelFolder } from '../src/engine/weights/modelFolder.ts';
import { compareReach, drawStretches, totalOf, type Stretch } from './learning/everyPause.ts';
import { expectInStretch, tokenLossOf, type ExpectedReach } from './learning/expectedReach.ts';
import { figureText } from './learning/learningReport.ts';
import type { PairWork } from './learning/pairWork.ts';
import { scorePairs, scoringCommand, type BaseScorer, type ScoringOptions } from './learning/scoreBase.ts';
import { showSteps } from './report/timeLeft.ts';

const terminal = interruptibleTerminal();
const { tokens, ...options } = scoringCommand('bench context')
  .option(
    '--tokens <count>',
    'how much of its document a prompt shows',
    positiveNumber,
    defaultLimits.maxPromptTokens,
  )
  .parse()
  .opts<ScoringOptions & { readonly tokens: number }>();
const { seed } = options;
await scorePairs(options, { tokens }, terminal, measure);

async function measure(work: PairWork, { tokenizer }: ModelFolder, scorer: BaseScorer) {
  const { name, heldOut, sourceFiles } = work;
  const stretches = drawStretches(heldOut, seed);
  const project = new ReplayedProject(projectFolder, tokens, sourceFiles);
  const reading = { tokenisation: { tokenizer, ...defaultLimits, maxPromptTokens: tokens } };
  const [without, withRelated]: [ExpectedReach[], ExpectedReach[]] = [[], []];
  const progress = showSteps(name, stretches.length, terminal.showProgress(name));
  for (const stretch of stretches) {
    terminal.signal.throwIfAborted();
    without.push(await expectInStretch(stretch, [], reading, scorer));
    const shownFirst = relatedTo(stretch, project, tokenizer);
    withRelated.push(await expectInStretch(stretch, shownFirst, reading, scorer));
    progress.done(`${totalOf(without).places} places`);
  }
  progress.finish();
  const result = { name, ...summary(without, withRelated) };
  terminal.print(summaryText(result));
  return result;
}

function relatedTo(
  { documentUri, places: [place] }: Stretch,
  project: ReplayedProject,
  tokenizer: Tokenizer,
): readonly number[] {
  const { prefix, suffix, documentText } = place!;
  project.open({ documentUri, text: documentText });
  return relatedTokens(project.relatedAt({ documentUri, prefix, suffix }), tokenizer);
}

function summary(without: readonly ExpectedReach[], withRelated: readonly ExpectedReach[]) {
  const { places, bytes } = totalOf(without);
  return {
    ...{ places, bytes },
    expected: [without, withRelated].map((reaches) => totalOf(reaches).right),
    relative: compareReach(without, withRelated, seed),
    tokenLoss: [without, withRelated].map(tokenLossOf),
  };
}

function summaryText({
  name,
  places,
  bytes,
  expected,
  relative,
  tokenLoss,
}: ReturnType<typeof summary> & { readonly name: string }): string {
  const [right, withRight] = expected.map((each) => each.toFixed(0));
  const [loss, withLoss] = tokenLoss.map((each) => each.toFixed(3));
  return (
    `${name}: at ${places} places ${right} of ${bytes} bytes expected right without, ${withRight} with, ` +
    `${figureText(relative)}; token loss ${loss}, ${withLoss}`
  );
}
