/*
 * npm run bench prompts -- --old DIR --new DIR [--old DIR --new DIR ...] [--model ID] [--tokens N,N,...] [--seed N] [--json FILE]
 *
 * What longer prompts are worth: how far the base model's likeliest text is right at every natural pause of what was
 * typed last between two versions of a project, with prompts of so many tokens at most (bench/learning/everyPause.ts),
 * against the first of them. Nothing is written, so the times are no latencies.
 */
import { InvalidArgumentError } from 'commander';
import { defaultLimits } from '../src/cli/options.ts';
import { interruptibleTerminal } from '../src/cli/terminal.ts';
import type { ModelFolder } from '../src/engine/weights/modelFolder.ts';
import { compareReach, drawStretches, readStretches, totalOf, type Reach } from './learning/everyPause.ts';
import { figureText } from './learning/learningReport.ts';
import type { PairWork } from './learning/pairWork.ts';
import { scorePairs, scoringCommand, type BaseScorer, type ScoringOptions } from './learning/scoreBase.ts';

const usualTokens = [512, 1024, 1536];

const terminal = interruptibleTerminal();
const { tokens, ...options } = scoringCommand('bench prompts')
  .option('--tokens <counts>', 'lengths of prompts, with commas between them', wholeNumbers, usualTokens)
  .parse()
  .opts<ScoringOptions & { readonly tokens: readonly number[] }>();
const { seed } = options;
await scorePairs(options, {}, terminal, measure);

async function measure({ name, heldOut }: PairWork, base: ModelFolder, scorer: BaseScorer) {
  const stretches = drawStretches(heldOut, seed);
  const reaches: Reach[] = [];
  const lengths = [];
  for (const maxPromptTokens of tokens) {
    const tokenisation = { tokenizer: base.tokenizer, ...defaultLimits, maxPromptTokens };
    const label = `${name}, prompts of ${maxPromptTokens}`;
    reaches.push(await readStretches(label, stretches, { tokenisation, terminal }, scorer));
    const total = totalOf(reaches.at(-1)!);
    const relative = compareReach(reaches[0]!, reaches.at(-1)!, seed);
    lengths.push({ maxPromptTokens, ...total, relative });
    terminal.print(
      `${label}: at ${total.places} places ${total.right} of ${total.bytes} bytes right, ${figureText(relative)}`,
    );
  }
  return { name, lengths };
}

function wholeNumbers(text: string): readonly number[] {
  const counts = text.split(',').map(Number);
  if (!counts.every((count) => Number.isInteger(count) && count > 0))
    throw new InvalidArgumentError('Whole numbers above 0 are needed.');
  return counts;
}
