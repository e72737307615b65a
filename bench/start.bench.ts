/*
 * npm run bench start [-- --model ID] [--quick] [--json FILE]
 *
 * How long from the start of a process until a model is ready, and until its first completion is there: the shipped
 * engine and llama.cpp's server in turn, with files that the system has in memory already. On a busy machine the
 * least of the times says more than the median.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openModelFolder } from '../src/engine/weights/modelFolder.ts';
import { peerChoices, type PeerChoice } from './latency/choosePeer.ts';
import { bringLlamaModels, requireLlamaCpp } from './latency/llamaModels.ts';
import { LlamaServer } from './latency/llamaServer.ts';
import { OurEngine } from './latency/ourEngine.ts';
import { longRequests, promptTokensOf } from './latency/prompts.ts';
import { readTypedFiles } from './latency/stretches.ts';
import { benchmarkCommand, benchmarkOptions } from './report/benchmarkOptions.ts';
import { bringFolder } from './report/bringFolder.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { median, rounded } from './report/statistics.ts';
import { showSteps } from './report/timeLeft.ts';

/** Starts of each side that count; one before them fills the system's memory with the files. */
const startCounts = { full: 10, quick: 3 } as const;

/** What ended gives its memory and threads back by then. */
const settleMs = 500;

/** One start of one side, in milliseconds from the start of its process. */
interface Start {
  readonly readyMs: number;
  readonly firstMs: number;
}

interface ModelResult {
  readonly model: string;
  readonly peer: string;
  readonly ours: readonly Start[];
  readonly theirs: readonly Start[];
}

const { models, isQuick, json } = benchmarkOptions(benchmarkCommand('bench start'));
const llama = requireLlamaCpp();
const machine = describeMachine({ 'llama.cpp': `of ${llama.release}` });
const threads = availableParallelism();
console.log(machineText(machine));
const results: ModelResult[] = [];
for (const model of models) {
  results.push(await measure(model));
  console.log(`\n${modelText(results.at(-1)!)}`);
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, models: results }, null, 2)}\n`);

async function measure(model: string): Promise<ModelResult> {
  const { tokenizer } = await openModelFolder(await bringFolder(model));
  const [request] = longRequests(readTypedFiles(), tokenizer, 1);
  const tokens = promptTokensOf(request!, tokenizer);
  const peer = peerChoices(await bringLlamaModels(model, llama.folder)).find(isFastest)!;
  const count = startCounts[isQuick ? 'quick' : 'full'];
  const progress = showSteps(model, 2 * (count + 1));
  const starts: { ours: Start; theirs: Start }[] = [];
  for (let turn = 0; turn <= count; turn++) {
    const ours = await timeStart(
      () => OurEngine.start(model, { tokenizer, threads }),
      (engine) => engine.time(request!),
    );
    progress.done('ours');
    const theirs = await timeStart(
      () => LlamaServer.start({ ...peer, folder: llama.folder, threads }),
      (server) => server.complete({ tokens, maxNewTokens: 1 }),
    );
    progress.done('llama.cpp');
    starts.push({ ours, theirs });
  }
  progress.finish();
  const counted = starts.slice(1);
  return {
    ...{ model, peer: peer.name },
    ours: counted.map(({ ours }) => ours),
    theirs: counted.map(({ theirs }) => theirs),
  };
}

/** The way to run the peer that `bench:latency` finds the fastest without drafts, which a first token has none of. */
function isFastest({ name }: PeerChoice): boolean {
  return name === 'Q4_0, flash attention';
}

async function timeStart<Side extends { readonly stop: () => void }>(
  start: () => Promise<Side>,
  ask: (side: Side) => Promise<unknown>,
): Promise<Start> {
  const begunMs = performance.now();
  const side = await start();
  const readyMs = performance.now() - begunMs;
  try {
    await ask(side);
    return { readyMs: rounded(readyMs), firstMs: rounded(performance.now() - begunMs) };
  } finally {
    side.stop();
    await sleep(settleMs);
  }
}

function modelText({ model, peer, ours, theirs }: ModelResult): string {
  return [
    `${model}, ms, least and median of ${ours.length}: ours, llama.cpp (${peer}), ratio of the medians`,
    lineText('ready', ours, theirs, ({ readyMs }) => readyMs),
    lineText('first token of a prompt of 512', ours, theirs, ({ firstMs }) => firstMs),
  ].join('\n');
}

function lineText(
  title: string,
  ours: readonly Start[],
  theirs: readonly Start[],
  of: (start: Start) => number,
): string {
  const [our, their] = [ours.map(of), theirs.map(of)];
  const side = (times: readonly number[]) => `${Math.min(...times)}, ${rounded(median(times))}`;
  return `  ${title}: ${side(our)}   ${side(their)}   ${(median(our) / median(their)).toFixed(2)}x`;
}
