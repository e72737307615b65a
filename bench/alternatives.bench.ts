/*
 * npm run bench alternatives [-- --model ID] [--quick] [--json FILE]
 *
 * How long the panel “Rank Alternatives” waits for its first alternative (its first line, if it has more), in the shipped engine,
 * at places with prompts of 500 to 512 tokens: where nothing of the prompt was read before; where typing had it read;
 * where the editor has put a bracket behind the cursor since then; and where a completion stands at the cursor.
 * The least and the median of the places; on a busy machine the processor's time says more than the clock's. Linux only.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { AlternativesRequest, CompletionId } from '../src/completion/completion.ts';
import { alternativesRequest } from '../src/editor/typing/alternativesRequest.ts';
import { openModelFolder } from '../src/engine/weights/modelFolder.ts';
import { processorMsOf } from '../test/support/processorMs.ts';
import { shippedSettings } from './latency/ourEngine.ts';
import { longRequests, type LongRequest } from './latency/prompts.ts';
import { startEngine, type StartedEngine } from './latency/startEngine.ts';
import { readTypedFiles } from './latency/stretches.ts';
import { benchmarkCommand, benchmarkOptions } from './report/benchmarkOptions.ts';
import { bringFolder } from './report/bringFolder.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { median, rounded } from './report/statistics.ts';
import { showSteps } from './report/timeLeft.ts';

/** Places for each way, all different, so that no prompt was read for another. */
const placeCounts = { full: 6, quick: 2 } as const;

/** As many as the panel wants. */
const count = 5;

const never = new AbortController().signal;

/** What the engine has done at a place before the panel asks, and what the panel asks with. */
type Way = (place: LongRequest, engine: StartedEngine, id: CompletionId) => Promise<AlternativesRequest>;

const ways: Readonly<Record<string, Way>> = {
  'nothing was read': (place, _, id) => Promise.resolve(requestAt(place, id)),
  'typing had it read': async (place, { client }, id) => {
    await client.prepare(place, never);
    return requestAt(place, id);
  },
  'then a bracket was closed, seen': async (place, { client }, id) => {
    await client.prepare(place, never);
    return requestAt({ ...place, suffix: `)${place.suffix}` }, id);
  },
  'then a bracket was closed': async (place, { client }, id) => {
    await client.prepare(place, never);
    return { ...requestAt({ ...place, suffix: `)${place.suffix}` }, id), promptSuffix: place.suffix };
  },
  'a completion stands there': async (place, { client }, id) => {
    const wanted = {
      ...place,
      id: `${id}-first` as CompletionId,
      maxNewTokens: shippedSettings.maxNewTokens,
    };
    const first = await client.complete(wanted, never, {
      onFirstLine: () => undefined,
      onText: () => undefined,
    });
    const request = requestAt(place, id);
    return first.kind === 'completion' ? { ...request, first } : request;
  },
};

function requestAt(place: LongRequest, id: CompletionId): AlternativesRequest {
  const { maxPromptTokens, maxNewTokens } = shippedSettings;
  const wanted = { ...place, documentUri: 'file:///bench', offset: place.prefix.length };
  return alternativesRequest(wanted, { id, count, atMs: 1, maxPromptTokens, maxNewTokens });
}

/** From the question to the first alternative: by the clock, and the processor's time of the engine. */
interface Times {
  readonly clockMs: number;
  readonly processorMs: number;
}

/** Ends with the first: how long the others take is another matter (docs/speed.md). */
async function timeToFirst(request: AlternativesRequest, engine: StartedEngine): Promise<Times> {
  const [begunMs, begunProcessorMs] = [performance.now(), processorMsOf(engine.processId)];
  const ending = new AbortController();
  let times: Times | undefined;
  const noteFirst = (): void => {
    times ??= {
      clockMs: performance.now() - begunMs,
      processorMs: processorMsOf(engine.processId) - begunProcessorMs,
    };
    ending.abort();
  };
  await engine.client.alternatives(request, ending.signal, noteFirst).catch((error: unknown) => {
    if (times === undefined) throw error;
  });
  noteFirst();
  return times!;
}

async function measure(model: string, placeCount: number) {
  const { tokenizer } = await openModelFolder(await bringFolder(model));
  const names = Object.keys(ways);
  const places = longRequests(readTypedFiles(), tokenizer, placeCount * names.length);
  const engine = await startEngine(model, availableParallelism());
  const progress = showSteps(model, places.length);
  const times = names.map((): Times[] => []);
  for (const [index, place] of places.entries()) {
    const way = index % names.length;
    const request = await ways[names[way]!]!(place, engine, `bench-${index}` as CompletionId);
    times[way]!.push(await timeToFirst(request, engine));
    progress.done(names[way]!);
  }
  progress.finish();
  engine.stop();
  return names.map((way, index) => ({ model, way, ...summary(times[index]!) }));
}

function summary(times: readonly Times[]) {
  const of = (key: keyof Times) => {
    const all = times.map((time) => time[key]);
    return { least: rounded(Math.min(...all)), median: rounded(median(all)) };
  };
  return { places: times.length, clockMs: of('clockMs'), processorMs: of('processorMs') };
}

const { models, isQuick, json } = benchmarkOptions(benchmarkCommand('bench alternatives'));
const machine = describeMachine({});
console.log(machineText(machine));
const results = [];
for (const model of models) {
  const rows = await measure(model, placeCounts[isQuick ? 'quick' : 'full']);
  for (const { way, places, clockMs, processorMs } of rows)
    console.log(
      `${model}, ${way} (${places}): clock ${clockMs.least}, ${clockMs.median} ms; processor ${processorMs.least}, ${processorMs.median} ms`,
    );
  results.push(...rows);
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
