/*
 * npm run bench prompts -- --old DIR --new DIR [--old DIR --new DIR ...] [--model ID] [--tokens N,N,...] [--seed N] [--json FILE]
 *
 * What longer prompts are worth: how far the base model's likeliest text is right at every natural pause of what was
 * typed last between two versions of a project, with prompts of so many tokens at most (bench/learning/everyPause.ts),
 * against the first of them. Nothing is written, so the times are no latencies.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { failureOf } from '../src/cli/failure.ts';
import { defaultLimits, modelOption, seedOption } from '../src/cli/options.ts';
import { bringModelFolder } from '../src/cli/models.ts';
import { processTerminal } from '../src/cli/terminal.ts';
import { openModelFolder, type ModelFolder } from '../src/engine/weights/modelFolder.ts';
import { GraphSessions } from '../src/trainer/graphs/graphSessions.ts';
import { cpuSessions } from '../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../src/trainer/hyperparameters.ts';
import { compareReach, drawStretches, readStretches, totalOf, type Reach } from './learning/everyPause.ts';
import { figureText } from './learning/learningReport.ts';
import { fromUser, pairsCommand, pairsOf, requireFolderOf } from './learning/learningOptions.ts';
import { readPairWork, type Pair, type PairWork } from './learning/pairWork.ts';
import { describeMachine, machineText } from './report/machine.ts';

interface ParsedOptions {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly model: string;
  readonly tokens: readonly number[];
  readonly json?: string;
  readonly seed: number;
}

const usualTokens = [512, 1024, 1536];

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
const terminal = processTerminal(interrupted.signal);
const { tokens, model, seed, json, ...folders } = pairsCommand('bench prompts')
  .addOption(modelOption())
  .option('--tokens <counts>', 'lengths of prompts, with commas between them', wholeNumbers, usualTokens)
  .option('--json <file>', 'write the numbers there too', fromUser)
  .addOption(seedOption())
  .parse()
  .opts<ParsedOptions>();

try {
  const machine = describeMachine({});
  terminal.print(machineText(machine));
  requireFolderOf(json);
  const projects = await measureAll(await pairsOf(folders));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, model, projects }, null, 2)}\n`);
} catch (error) {
  const { exitCode, message } = failureOf(error);
  process.exitCode = exitCode;
  if (message !== undefined) terminal.tell(message);
}

async function measureAll(pairs: readonly Pair[]) {
  const base = await openModelFolder(await bringModelFolder(model, terminal));
  const sessions = new GraphSessions(cpuSessions(base, availableParallelism()));
  try {
    const projects = [];
    for (const pair of pairs) {
      const [work] = await readPairWork(pair, { seed, rounds: 1 });
      projects.push(await measure(work!, base, sessions));
    }
    return projects;
  } finally {
    await sessions.dispose();
  }
}

async function measure({ name, heldOut }: PairWork, base: ModelFolder, sessions: GraphSessions) {
  const trained = trainedModel(base, defaultHyperparameters.lora);
  // New factors change nothing: this is the base model.
  const scorer = { sessions, model: trained, theta: new Float32Array(trained.layout.size) };
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
