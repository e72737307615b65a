import type { Effort } from '../../src/engine/generation/effort.ts';
import type { Machine } from '../report/machine.ts';
import type { ChartRow, RatioChart } from '../report/ratioChart.ts';
import { median, percentile, rounded } from '../report/statistics.ts';
import { trialTokens } from './choosePeer.ts';
import {
  knownTokenShare,
  peerReuseShare,
  type LongPromptTimes,
  type Pair,
  type TypingTimes,
} from './measureModel.ts';
import { shippedSettings } from './ourEngine.ts';

/** What was measured of one side. */
export interface SideNumbers {
  /** From when typing had rested as long as the debounce to the first line ready; 0 where it was by then. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** From a prompt of 512 tokens, none of them known, to its first token. */
  readonly cold512Ms: number;
  readonly decodeMsPerToken: number;
  /** Memory in use at the end. */
  readonly rssMb: number;
}

/** Ours divided by the peer's: below 1 we are faster. */
export interface SideRatio {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly cold512: number;
  readonly decode: number;
}

/** What was measured of one model. */
export interface ModelResult {
  readonly model: string;
  readonly ours: SideNumbers;
  readonly peer: SideNumbers;
  readonly ratio: SideRatio;
  /** Mean negative log-probability of a token of real code, in nats: of float32 weights, and as served. */
  readonly tokenLoss: { readonly fp32: number; readonly served: number };
  readonly details: ModelDetails;
}

/** What stands behind the numbers. */
export interface ModelDetails {
  /** How the peer was run, the fastest of all ways tried. */
  readonly peer: string;
  /** Milliseconds of every way tried, for a cold prompt and `trialTokens` behind it. */
  readonly peersTried: Readonly<Record<string, number>>;
  readonly askedCount: number;
  /** Moments at which the completer knew the answer, and its share of all. */
  readonly knownCount: number;
  readonly knownShare: number;
  readonly knownMs: number;
  /** Share of prompt tokens that stood in an earlier prompt already: what a perfect cache need not compute. */
  readonly knownTokenShare: number;
  /** Tokens of a prompt at the moments asked, the code of other files with them. */
  readonly medianPromptTokens: number;
  /** Shares of prompt tokens that the caches of both had. */
  readonly reuseShare: number;
  readonly peerReuseShare: number;
  /**
   * What the peer would take if it were asked at the key as well and wrote all the while: its times
   * less the debounce.
   */
  readonly peerAtKey: { readonly p50Ms: number; readonly p90Ms: number };
  /** Tokens a run of our graph gives, and the share of drafted tokens that were right; 0 where none was drafted. */
  readonly tokensPerPass: number;
  readonly draftAcceptance: number;
  /** Decode ratio of the best and the worst prompt: how much depends on the text. */
  readonly decodeRatioRange: readonly [number, number];
}

/** The JSON file. */
export interface LatencyResult {
  readonly machine: Machine;
  readonly models: readonly ModelResult[];
}

/** Everything measured of one model, before it is summed up. */
export interface Measured {
  readonly model: string;
  readonly longPrompts: readonly Pair<LongPromptTimes>[];
  readonly typing: TypingTimes;
  readonly rssMb: Pair<number>;
  readonly effort: Effort;
  readonly tokenLoss: ModelResult['tokenLoss'];
  readonly peer: string;
  readonly peersTried: ModelDetails['peersTried'];
}

/** The numbers of a model: percentiles over all moments asked, medians over the long prompts. */
export function sumUp(measured: Measured): ModelResult {
  const { model, tokenLoss } = measured;
  const [ours, peer] = [numbersOf(measured, 'ours'), numbersOf(measured, 'peer')];
  return { model, ours, peer, ratio: ratioOf(ours, peer), tokenLoss, details: detailsOf(measured) };
}

function numbersOf({ typing, longPrompts, rssMb }: Measured, side: keyof Pair<unknown>): SideNumbers {
  const latencies = typing.asked.map((moment) => moment[side]);
  const decodes = longPrompts.map((times) => times[side].decodeMsPerToken).filter(Number.isFinite);
  return {
    p50Ms: rounded(percentile(latencies, 0.5)),
    p90Ms: rounded(percentile(latencies, 0.9)),
    p99Ms: rounded(percentile(latencies, 0.99)),
    cold512Ms: rounded(median(longPrompts.map((times) => times[side].coldMs))),
    decodeMsPerToken: rounded(median(decodes)),
    rssMb: Math.round(rssMb[side]),
  };
}

function ratioOf(ours: SideNumbers, peer: SideNumbers): SideRatio {
  const ratio = (name: keyof SideNumbers): number => rounded(ours[name] / peer[name]);
  return {
    p50: ratio('p50Ms'),
    p90: ratio('p90Ms'),
    p99: ratio('p99Ms'),
    cold512: ratio('cold512Ms'),
    decode: ratio('decodeMsPerToken'),
  };
}

function detailsOf({ typing, longPrompts, peer, peersTried, effort }: Measured): ModelDetails {
  const { asked, knownCount, knownMs } = typing;
  const decodeRatios = longPrompts
    .map((times) => times.ours.decodeMsPerToken / times.peer.decodeMsPerToken)
    .filter(Number.isFinite);
  const atKey = asked.map((moment) => Math.max(0, moment.peer - shippedSettings.debounceMs));
  return {
    ...{ peer, peersTried, askedCount: asked.length, knownCount, knownMs: rounded(knownMs) },
    knownShare: rounded(knownCount / (knownCount + asked.length)),
    knownTokenShare: rounded(knownTokenShare(asked.map(({ promptTokens }) => promptTokens))),
    medianPromptTokens: median(asked.map(({ promptTokens }) => promptTokens.length)),
    reuseShare: rounded(effort.reusedTokens / effort.promptTokens),
    peerReuseShare: rounded(peerReuseShare(asked)),
    peerAtKey: { p50Ms: rounded(percentile(atKey, 0.5)), p90Ms: rounded(percentile(atKey, 0.9)) },
    tokensPerPass: rounded(effort.writtenTokens / effort.passes),
    draftAcceptance: rounded(effort.acceptedTokens / Math.max(1, effort.draftedTokens)),
    decodeRatioRange: [rounded(Math.min(...decodeRatios)), rounded(Math.max(...decodeRatios))],
  };
}

const measures: readonly (readonly [keyof SideNumbers, keyof SideRatio | undefined, string])[] = [
  ['p50Ms', 'p50', 'first line, p50 (ms)'],
  ['p90Ms', 'p90', 'first line, p90 (ms)'],
  ['p99Ms', 'p99', 'first line, p99 (ms)'],
  ['cold512Ms', 'cold512', 'cold 512-token prompt (ms)'],
  ['decodeMsPerToken', 'decode', 'decode (ms a token)'],
  ['rssMb', undefined, 'memory (MB)'],
];

/** A model's numbers for the terminal. */
export function modelText({ model, ours, peer, ratio, tokenLoss, details }: ModelResult): string {
  const rows = measures.map(([name, ratioName, label]) => {
    const share = ratioName === undefined ? ours[name] / peer[name] : ratio[ratioName];
    return [label, String(ours[name]), String(peer[name]), `${share.toFixed(2)}x`];
  });
  const loss = tokenLoss.served / tokenLoss.fp32 - 1;
  const [best, worst] = details.decodeRatioRange;
  return [
    `${model}, against llama.cpp ${details.peer}`,
    ...table([['', 'ours', 'llama.cpp', 'ratio'], ...rows, ...speedRows(ours, peer)]),
    `asked at ${details.askedCount} moments; at ${details.knownCount} more (${asPercent(details.knownShare)}) the answer was known, in ${details.knownMs} ms`,
    `prompts of ${details.medianPromptTokens} tokens in the median; ${asPercent(details.knownTokenShare)} of their tokens stood in an earlier prompt already; our caches had ${asPercent(details.reuseShare)}, llama.cpp's ${asPercent(details.peerReuseShare)}`,
    `asked at the key as ours is, llama.cpp would take ${details.peerAtKey.p50Ms} ms (p50) and ${details.peerAtKey.p90Ms} ms (p90)`,
    `${details.tokensPerPass} tokens written a run of our graph; ${asPercent(details.draftAcceptance)} of the drafted tokens were right`,
    `decode ratio from ${best} on the text that drafts suit best to ${worst}`,
    `token loss ${tokenLoss.fp32.toFixed(3)} in float32, ${tokenLoss.served.toFixed(3)} as served (${(100 * loss).toFixed(1)} % more)`,
    `ways to run llama.cpp, a cold prompt and ${trialTokens} tokens: ${Object.entries(details.peersTried)
      .map(([name, ms]) => `${name} ${ms} ms`)
      .join('; ')}`,
  ].join('\n');
}

/** The same times as speeds; ratios are of times throughout. */
function speedRows(ours: SideNumbers, peer: SideNumbers): string[][] {
  const row = (label: string, speedOf: (side: SideNumbers) => number) => [
    label,
    ...[ours, peer].map((side) => speedOf(side).toFixed(1)),
    '',
  ];
  return [
    row('cold 512-token prompt (tokens/s)', ({ cold512Ms }) => (1000 * 512) / cold512Ms),
    row('decode (tokens/s)', ({ decodeMsPerToken }) => 1000 / decodeMsPerToken),
  ];
}

/** The chart for the README. */
export function latencyChart({ machine, models }: LatencyResult): RatioChart {
  return {
    title: 'Attune against llama.cpp: time of each, shorter is faster',
    note: `${machine.cpu}, ${machine.cores} cores; same prompts at the same moments, in alternation`,
    peer: 'llama.cpp',
    maxShare: 1.5,
    groups: models.map(({ model, ours, peer }) => ({
      name: model,
      rows: measures
        .filter(([, ratioName]) => ratioName !== undefined)
        .map(([name, , label]) => chartRow(label, ours[name], peer[name])),
    })),
  };
}

function chartRow(label: string, ours: number, peer: number): ChartRow {
  return { label: label.replace(/ \(.*/, ''), unit: 'ms', ours, peer };
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
}

function asPercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
