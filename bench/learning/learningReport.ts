import type { RatioChart } from '../report/ratioChart.ts';
import { median } from '../report/statistics.ts';
import { fatesText } from './fates.ts';
import type { Harm } from './harm.ts';
import { everyPauseResult, stagesTogether, trainSeconds } from './learningResult.ts';
import type { EveryPauseResult, LearningResult } from './learningResult.ts';
import type { LaterRun, ProjectRun } from './measureProject.ts';
import { acceptRateOf, compareRows, totalsAmong } from './measures.ts';
import type { Measures, RelativeFigure, RelativeMeasures, WhyUnsaid } from './measures.ts';
import type { Row } from './rows.ts';

/** One project for the terminal: what each stage does, where the minutes went, and what becomes of completions. */
export function projectText(run: ProjectRun, seed: number): string {
  const { work, manifest, rows } = run;
  const { base, baseSilent, sft, final, finalSilent, silent } = rows;
  return [
    `${work.name}: ${work.firstLines} lines lived through, ${work.heldOutLines} held out by ${work.by}`,
    `  ${knownText(work.heldOutTelling)}`,
    `  while it was lived through: ${livedText(run)}`,
    `  learned from ${manifest.data.demonstrations} demonstrations and ${manifest.data.preferencePairs} preferences at ${manifest.data.preferenceGroups} prompts`,
    `  ${minutesText(run)}; at most ${run.peakRssMb} MB of memory`,
    ...stageTable({
      ...{ base, 'base, silent': baseSilent, sft, final, 'final, silent': finalSilent, 'gate kept': silent },
      ...(run.against && { against: run.against.rows }),
    }),
    `  SFT against base:       ${relativeText(compareRows(base, sft, seed))}`,
    `  PPO against SFT:        ${relativeText(compareRows(sft, final, seed))}`,
    `  silence on base:        ${relativeText(compareRows(base, baseSilent, seed))}`,
    `  silence on all stages:  ${relativeText(compareRows(final, finalSilent, seed))}`,
    `  gate kept against base: ${relativeText(compareRows(base, silent, seed))}`,
    ...(run.against === undefined ? [] : againstText(run.against, sft, seed)),
    `  ${everyPauseText(everyPauseResult(run.reach, seed))}`,
    `  ${harmText(run.harm)}`,
    ...fatesText({ base, final, silent }),
    `  ${manifest.verdict.reason}`,
    ...(run.later === undefined ? [] : laterText(run.later, seed)),
  ].join('\n');
}

function everyPauseText({ places, bytes, right, relative }: EveryPauseResult): string {
  const stages = Object.entries(right).map(([name, count]) => {
    const change = relative[name] === undefined ? '' : ` (${figureText(relative[name])})`;
    return `${name} ${shareText(count / bytes)}${change}`;
  });
  return `right from the start at ${places} pauses, of ${bytes} bytes: ${stages.join(', ')}`;
}

function againstText(
  { model, rows }: NonNullable<ProjectRun['against']>,
  sft: readonly Row[],
  seed: number,
): string[] {
  return [`  SFT against ${model} as it comes: ${relativeText(compareRows(rows, sft, seed))}`];
}

function laterText({ run, before, firstHeldOut }: LaterRun, seed: number): string[] {
  const { silent } = run.rows;
  return [
    projectText(run, seed),
    `  all against what served before: ${relativeText(compareRows(before, silent, seed))}`,
    `  what serves, at the first held-out part: ${relativeText(compareRows(firstHeldOut.before, firstHeldOut.after, seed))}`,
  ];
}

/** All projects together, for the terminal. */
export function togetherText(
  runs: readonly ProjectRun[],
  { median: middle, medianOf: counts, together, notJudged }: LearningResult,
): string {
  const { base, baseSilent, sft, final, finalSilent, policy } = stagesTogether(runs);
  const medians = (Object.keys(middle) as (keyof typeof middle)[]).map((name) => {
    const of = counts[name] === runs.length ? '' : ` (of ${counts[name]})`;
    return `${name} ${percentText(middle[name])}${of}`;
  });
  return [
    `${runs.length} projects together:`,
    ...stageTable({
      ...{ base, 'base, silent': baseSilent, sft, final, 'final, silent': finalSilent },
      'what serves': policy,
    }),
    `  SFT against base:         ${relativeText(together.relative.sft)}`,
    `  what serves against base: ${relativeText(together.relative.policy)}`,
    `Median of ${runs.length}, what serves after the gate against base: ${medians.join(', ')}`,
    ...notJudged.map(({ name, why }) => `Not judged: ${name}. ${why}`),
  ].join('\n');
}

/** The chart for the documentation: what is kept by SFT alone and by what serves after the gate, against base. */
export function learningChart({ machine, model, projects }: LearningResult): RatioChart {
  return {
    title: 'One retraining: characters kept on held-out work, longer is better',
    note: `${model}, ${machine.cpu}, ${machine.cores} cores; the same requests, the base model at the dashed line`,
    peer: 'base',
    maxShare: 3,
    groups: projects
      .filter(({ heldOut }) => heldOut.base.keptChars > 0)
      .map(({ name, heldOut: { base, sft, policy } }) => ({
        name,
        rows: [
          { label: 'SFT alone', unit: 'characters', ours: sft.keptChars, peer: base.keptChars },
          { label: 'what serves', unit: 'characters', ours: policy.keptChars, peer: base.keptChars },
        ],
      })),
  };
}

function knownText({ lines, elsewhere, learnable }: ProjectRun['work']['heldOutTelling']): string {
  return `of ${lines} held-out lines that tell something, ${elsewhere} stand in other files of the older version, ${learnable} in what may be learned`;
}

function livedText({ collected }: ProjectRun): string {
  const { asked, shown, accepted, keptChars, typedChars } = collected;
  return `asked ${asked} times, shown ${shown}, accepted ${accepted}; ${keptChars} of ${typedChars} characters kept`;
}

function harmText({ base, retrained }: Harm): string {
  const change = percentText(retrained / base - 1);
  return `token loss on code of another author: ${base.toFixed(3)}, ${retrained.toFixed(3)} retrained (${change})`;
}

function minutesText(run: ProjectRun): string {
  const stages = run.manifest.stages.map(({ name, steps, seconds, stopReason }) => {
    const why = stopReason === undefined ? '' : ` (${stopReason.replaceAll('\n', '; ')})`;
    return `${name} ${steps} steps in ${seconds.toFixed(0)} s${why}`;
  });
  const total = (trainSeconds(run) / 60).toFixed(1);
  return `retrained in ${total} min: ${[...stages, `gate ${run.gateSeconds.toFixed(0)} s`].join(', ')}`;
}

/** Room for the longest name of a stage. */
const columnChars = 15;

function stageTable(stages: Readonly<Record<string, readonly Row[]>>): string[] {
  const totalsOf = totalsAmong(Object.values(stages));
  const columns = Object.values(stages).map((rows) => ({ rows, totals: totalsOf(rows) }));
  const line = (name: string, valueOf: (column: (typeof columns)[number]) => string): string =>
    `  ${name.padEnd(28)}${columns.map((column) => valueOf(column).padStart(columnChars)).join('')}`;
  const count = (key: keyof Measures) => line(measureNames[key], ({ totals }) => String(totals[key]));
  return [
    `  ${''.padEnd(28)}${Object.keys(stages)
      .map((name) => name.padStart(columnChars))
      .join('')}`,
    ...(Object.keys(measureNames) as (keyof Measures)[]).map(count),
    line('accepted of shown', ({ totals }) => shareText(acceptRateOf(totals))),
    line('kept of typed', ({ totals }) => shareText(totals.keptChars / totals.typedChars)),
    line('median length', ({ rows }) => String(middleOf(offeredLengths(rows)))),
    line('median latency in ms', ({ rows }) => middleOf(writingTimes(rows)).toFixed(0)),
  ];
}

const measureNames: Readonly<Record<keyof Measures, string>> = {
  asked: 'asked',
  shown: 'shown',
  accepted: 'accepted as a whole',
  keptChars: 'characters kept',
  refusedChars: 'characters refused',
  typedChars: 'characters typed',
  keystrokesSaved: 'keystrokes saved',
};

function offeredLengths(rows: readonly Row[]): number[] {
  return rows.filter(({ offered }) => offered !== '').map(({ offered }) => offered.length);
}

function writingTimes(rows: readonly Row[]): number[] {
  return rows.filter(({ latencyMs }) => latencyMs > 0).map(({ latencyMs }) => latencyMs);
}

function middleOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : median(values);
}

function shareText(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '-';
}

function relativeText(relative: RelativeMeasures): string {
  const { keptChars, acceptRate, shown, refusedChars, keystrokesSaved } = relative;
  return [
    `kept ${figureText(keptChars)}, accept rate ${figureText(acceptRate)}, shown ${figureText(shown)}`,
    `refused ${figureText(refusedChars)}, keystrokes saved ${figureText(keystrokesSaved)}`,
  ].join(', ');
}

/** A figure with its interval, in percent. */
export function figureText({ value, low, high, why }: RelativeFigure): string {
  const reason = why === undefined ? '' : ` (${whyTexts[why]})`;
  if (value === null) return `cannot be said${reason}`;
  return `${percentText(value)} [${percentText(low)}, ${percentText(high)}]${reason}`;
}

const whyTexts: Readonly<Record<WhyUnsaid, string>> = {
  otherHasNone: 'the other has none',
  hasNone: 'it shows nothing',
  tooFewRequests: 'too few requests for an interval',
  noneInSomeDraws: 'open, because some draws have none',
};

function percentText(value: number | null): string {
  if (value === null) return '?';
  return `${value < 0 ? '-' : '+'}${Math.abs(100 * value).toFixed(0)} %`;
}
