/*
 * npm run bench:latency [-- --model ID] [--quick] [--no-context] [--json FILE]
 *
 * Types real files at human speed through the shipped completion path, in this repository, whose other files prompts
 * show as they do in an editor, and asks llama.cpp's server the same prompts at the same moments. Draws
 * docs/latency.svg, except with --quick, --model or --no-context.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Tokenizer } from '../src/engine/tokenizer/tokenizer.ts';
import { openModelFolder, type ModelFolder } from '../src/engine/weights/modelFolder.ts';
import { tokenLoss } from '../test/support/tokenLoss.ts';
import { peerChoices, tryPeers, type TriedPeer } from './latency/choosePeer.ts';
import { sumUp, latencyChart, modelText, type ModelResult } from './latency/latencyReport.ts';
import { effortOf } from './latency/effortOf.ts';
import { bringLlamaModels, requireLlamaCpp } from './latency/llamaModels.ts';
import { LlamaServer } from './latency/llamaServer.ts';
import { timeLongPrompts, timeTyping, type Match } from './latency/measureModel.ts';
import { OurEngine } from './latency/ourEngine.ts';
import { longRequests, promptTokensOf } from './latency/prompts.ts';
import { readProject } from './latency/project.ts';
import { readRhythm } from './latency/rhythm.ts';
import { readTypedFiles, stretchesOf } from './latency/stretches.ts';
import { benchmarkCommand, benchmarkOptions } from './report/benchmarkOptions.ts';
import { bringFolder } from './report/bringFolder.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { drawIntoDocs } from './report/drawIntoDocs.ts';
import { rounded } from './report/statistics.ts';
import { showSteps } from './report/timeLeft.ts';

/** How much is measured: enough for a p99, or for a first impression. */
const amounts = {
  full: { placesPerFile: 2, linesPerPlace: 2, longPrompts: 12, peerTrials: 3 },
  quick: { placesPerFile: 1, linesPerPlace: 1, longPrompts: 4, peerTrials: 1 },
} as const;

interface Setting {
  readonly llamaFolder: string;
  readonly threads: number;
  /** Whether prompts show code of the repository's other files. */
  readonly context: boolean;
  readonly amount: (typeof amounts)[keyof typeof amounts];
}

const command = benchmarkCommand('bench:latency').option(
  '--no-context',
  'prompts show nothing of the other files',
);
const { models, isQuick, json } = benchmarkOptions(command);
const { context } = command.opts<{ context: boolean }>();
const llama = requireLlamaCpp();
const machine = describeMachine({ 'llama.cpp': `of ${llama.release}` });
const setting: Setting = {
  llamaFolder: llama.folder,
  threads: availableParallelism(),
  context,
  amount: amounts[isQuick ? 'quick' : 'full'],
};
console.log(machineText(machine));
const results: ModelResult[] = [];
for (const model of models) {
  results.push(await measureModel(model, setting));
  console.log(`\n${modelText(results.at(-1)!)}`);
}
const result = { machine, models: results };
if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
if (!isQuick && context && models.length > 1) drawIntoDocs('latency.svg', latencyChart(result));

async function measureModel(model: string, setting: Setting): Promise<ModelResult> {
  const { llamaFolder, threads, amount } = setting;
  const folder = await openModelFolder(await bringFolder(model));
  const files = readTypedFiles();
  const { tokenizer } = folder;
  const long = longRequests(files, tokenizer, amount.longPrompts + amount.peerTrials);
  const trials = long.slice(0, amount.peerTrials).map((request) => promptTokensOf(request, tokenizer));
  const llamaModels = await bringLlamaModels(model, llamaFolder);
  const peers = await tryPeers(peerChoices(llamaModels), trials, { folder: llamaFolder, threads });
  const stretches = stretchesOf(files, amount, readRhythm());
  const match = { longRequests: long.slice(amount.peerTrials), stretches };
  const { requests, ...measured } = await playMatch(model, peers[0]!, { ...setting, tokenizer, match });
  return sumUp({
    ...{ model, ...measured, peer: peers[0]!.name },
    peersTried: Object.fromEntries(peers.map(({ name, ms }) => [name, rounded(ms)])),
    effort: await effortOf(folder, requests, threads),
    tokenLoss: await lossesOf(folder),
  });
}

async function playMatch(
  model: string,
  choice: TriedPeer,
  {
    llamaFolder,
    threads,
    context,
    tokenizer,
    match,
  }: Setting & {
    readonly tokenizer: Tokenizer;
    readonly match: Pick<Match, 'longRequests' | 'stretches'>;
  },
) {
  const progress = showSteps(model, match.longRequests.length + match.stretches.length);
  const peer = await LlamaServer.start({ folder: llamaFolder, threads, ...choice });
  const project = context ? await readProject() : undefined;
  const ours = await OurEngine.start(model, { tokenizer, threads, project });
  try {
    const whole: Match = { ...match, ours, peer, progress };
    const longPrompts = await timeLongPrompts(whole);
    const typing = await timeTyping(whole);
    const rssMb = { ours: await ours.residentMb(), peer: await peer.residentMb() };
    return { longPrompts, typing, rssMb, requests: ours.requests };
  } finally {
    progress.finish();
    ours.stop();
    peer.stop();
  }
}

async function lossesOf(folder: ModelFolder): Promise<ModelResult['tokenLoss']> {
  const fp32 = await tokenLoss(folder, 'float32');
  return { fp32: rounded4(fp32), served: rounded4(await tokenLoss(folder, 'int8')) };
}

/** Differences of a few percent are looked at, so one digit more than elsewhere. */
function rounded4(value: number): number {
  return Number(value.toPrecision(5));
}
