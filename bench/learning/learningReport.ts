import type { Machine } from '../report/machine.ts';
import type { RatioChart } from '../report/ratioChart.ts';
import { median } from '../report/statistics.ts';
import { acceptRateOf, compareRows, medianCounts, medianOf, rowsTogether, totalsAmong } from './measures.ts';
import type { Measures, RelativeFigure, RelativeMeasures, WhyUnsaid } from './measures.ts';
import type { LaterRun, ProjectRun } from './measureProject.ts';
import { compareReach, totalOf, type Reach } from './everyPause.ts';
import { fatesText } from './fates.ts';
import type { Harm } from './harm.ts';
import type { Row } from './rows.ts';

/** What `--json` writes of one project. */
export interface ProjectResult {
  readonly name: string;
  readonly heldOut: StageMeasures;
  /** What serves after the gate, compared with the base model. */
  readonly relative: RelativeMeasures;
  readonly promoted: boolean;
  readonly trainMinutes: number;
  readonly peakRssMb: number;
  /** How far the likeliest text is right from natural pauses of the held-out lines on, asked or not. */
  readonly everyPause: EveryPauseResult;
  /** Token loss on code of another author, in nats. */
  readonly tokenLossElsewhere: Harm;
  /** Another model as it comes, at the same places; absent where there is none. */
  readonly against?: AgainstResult;
  /** The retraining after it, on later work; absent where there was none. */
  readonly second?: SecondResult;
}

/**
 * Something of each stage: `sft` alone, `final` with what follows it, both and the base model offering whatever they write;
 * base model and `final` with the silence that they learned at the gate; and the `policy` that serves after it.
 */
type Stages<T> = Readonly<Record<'base' | 'baseSilent' | 'sft' | 'final' | 'finalSilent' | 'policy', T>>;

/** What `--json` writes of the stages at the held-out places. */
export type StageMeasures = Stages<Measures>;

/** What `--json` writes of how far policies are right at every pause. */
export interface EveryPauseResult {
  readonly places: number;
  /** UTF-8 bytes of the rests of lines, and how many are right from their start. */
  readonly bytes: number;
  readonly right: Readonly<Record<string, number>>;
  /** Each stage compared with the base model. */
  readonly relative: Readonly<Record<string, RelativeFigure>>;
}

/** What `--json` writes of another model that was never retrained. */
export interface AgainstResult {
  readonly model: string;
  readonly heldOut: Measures;
  /** What SFT left, and what serves after the gate, compared with it. */
  readonly relative: { readonly sft: RelativeMeasures; readonly policy: RelativeMeasures };
}

/** What `--json` writes of a second retraining. */
export interface SecondResult {
  /** The end of the later work: the base model, what served before, and what serves after the second gate. */
  readonly heldOut: { readonly base: Measures; readonly before: Measures; readonly policy: Measures };
  /** What serves after the second gate, compared with what served before. */
  readonly relative: RelativeMeasures;
  /** The same two policies where the first round's work was held out. */
  readonly firstHeldOut: {
    readonly before: Measures;
    readonly policy: Measures;
    readonly relative: RelativeMeasures;
  };
  readonly promoted: boolean;
  readonly trainMinutes: number;
  readonly peakRssMb: number;
}

/** What `--json` writes. */
export interface LearningResult {
  readonly machine: Machine;
  readonly model: string;
  readonly projects: readonly ProjectResult[];
  readonly median: Record<keyof RelativeMeasures, number | null>;
  /** Of how many projects each median is: of those where the figure can be said. */
  readonly medianOf: Record<keyof RelativeMeasures, number>;
  /** All of them as if they were one, so that a project counts by its requests. */
  readonly together: TogetherResult;
}

/** What `--json` writes of all projects together. */
export interface TogetherResult {
  readonly heldOut: StageMeasures;
  /** What SFT left, and what serves after each gate, compared with the base model. */
  readonly relative: { readonly sft: RelativeMeasures; readonly policy: RelativeMeasures };
}

/** The numbers of one project. */
export function projectResult(run: ProjectRun, seed: number): ProjectResult {
  const stages = stagesOf(run);
  const { base, sft, policy } = stages;
  const totalsOf = totalsAmong(policiesOf(run));
  return {
    name: run.work.name,
    heldOut: eachStage((name) => totalsOf(stages[name])),
    relative: compareRows(base, policy, seed),
    promoted: run.manifest.verdict.promoted,
    trainMinutes: minutesOf(run),
    peakRssMb: run.peakRssMb,
    everyPause: everyPauseResult(run.reach, seed),
    tokenLossElsewhere: run.harm,
    ...(run.against && {
      against: {
        model: run.against.model,
        heldOut: totalsOf(run.against.rows),
        relative: {
          sft: compareRows(run.against.rows, sft, seed),
          policy: compareRows(run.against.rows, policy, seed),
        },
      },
    }),
    ...(run.later && { second: secondResult(run.later, totalsOf, seed) }),
  };
}

function eachStage<T>(valueOf: (name: keyof StageMeasures) => T): Stages<T> {
  return {
    base: valueOf('base'),
    baseSilent: valueOf('baseSilent'),
    sft: valueOf('sft'),
    final: valueOf('final'),
    finalSilent: valueOf('finalSilent'),
    policy: valueOf('policy'),
  };
}

function stagesOf({ manifest, rows: { silent, ...stages } }: ProjectRun): Stages<readonly Row[]> {
  return { ...stages, policy: manifest.verdict.promoted ? silent : stages.base };
}

/** All that were asked at the held-out places of a run. */
function policiesOf({ rows, against, later }: ProjectRun): (readonly Row[])[] {
  const { base, baseSilent, sft, final, finalSilent, silent } = rows;
  const others = [against?.rows, later?.firstHeldOut.before, later?.firstHeldOut.after];
  return [
    base,
    baseSilent,
    sft,
    final,
    finalSilent,
    silent,
    ...others.filter((asked) => asked !== undefined),
  ];
}

function stagesTogether(runs: readonly ProjectRun[]): Stages<readonly Row[]> {
  const all = runs.map(stagesOf);
  return eachStage((name) => rowsTogether(all.map((stages) => stages[name])));
}

function secondResult(
  { run, before, firstHeldOut }: LaterRun,
  totalsOfFirst: (rows: readonly Row[]) => Measures,
  seed: number,
): SecondResult {
  const totalsOf = totalsAmong([...policiesOf(run), before]);
  const { promoted } = run.manifest.verdict;
  const policy = promoted ? run.rows.silent : before;
  const { before: firstBefore, after: firstAfter } = firstHeldOut;
  return {
    heldOut: { base: totalsOf(run.rows.base), before: totalsOf(before), policy: totalsOf(policy) },
    relative: compareRows(before, policy, seed),
    firstHeldOut: {
      ...{ before: totalsOfFirst(firstBefore), policy: totalsOfFirst(firstAfter) },
      relative: compareRows(firstBefore, firstAfter, seed),
    },
    promoted,
    trainMinutes: minutesOf(run),
    peakRssMb: run.peakRssMb,
  };
}

function minutesOf(run: ProjectRun): number {
  return Math.round((trainSeconds(run) / 60) * 10) / 10;
}

/** All projects together. */
export function learningResult(
  measured: { readonly machine: Machine; readonly model: string; readonly seed: number },
  runs: readonly ProjectRun[],
): LearningResult {
  const { machine, model, seed } = measured;
  const projects = runs.map((run) => projectResult(run, seed));
  const stages = stagesTogether(runs);
  const { base, sft, policy } = stages;
  const totalsOf = totalsAmong(Object.values(stages));
  return {
    ...{ machine, model, projects },
    median: medianOf(projects.map(({ relative }) => relative)),
    medianOf: medianCounts(projects.map(({ relative }) => relative)),
    together: {
      heldOut: eachStage((name) => totalsOf(stages[name])),
      relative: { sft: compareRows(base, sft, seed), policy: compareRows(base, policy, seed) },
    },
  };
}

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

function everyPauseResult({ base, ...stages }: ProjectRun['reach'], seed: number): EveryPauseResult {
  const { places, bytes, right } = totalOf(base!);
  const each = <T>(valueOf: (reach: Reach) => T) =>
    Object.fromEntries(Object.entries(stages).map(([name, reach]) => [name, valueOf(reach)]));
  return {
    ...{ places, bytes, right: { base: right, ...each((reach) => totalOf(reach).right) } },
    relative: each((reach) => compareReach(base!, reach, seed)),
  };
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
  { median: middle, medianOf: counts, together }: LearningResult,
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

function trainSeconds({ manifest, gateSeconds }: ProjectRun): number {
  return manifest.stages.reduce((sum, { seconds }) => sum + seconds, gateSeconds);
}

function minutesText(run: ProjectRun): string {
  const stages = run.manifest.stages.map(({ name, steps, seconds, stopReason }) => {
    const why = stopReason === undefined ? '' : ` (${stopReason})`;
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
