import type { Machine } from '../report/machine.ts';
import { compareReach, totalOf, type Reach } from './everyPause.ts';
import type { Harm } from './harm.ts';
import type { LaterRun, ProjectRun } from './measureProject.ts';
import { compareRows, medianCounts, medianOf, rowsTogether, totalsAmong } from './measures.ts';
import type { Measures, RelativeFigure, RelativeMeasures } from './measures.ts';
import type { PairLeftOut } from './pairsLeftOut.ts';
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
  /** The pairs that say too little, which are in no other number. */
  readonly notJudged: readonly PairLeftOut[];
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

/** The rows of all projects, stage by stage. */
export function stagesTogether(runs: readonly ProjectRun[]): Stages<readonly Row[]> {
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
  notJudged: readonly PairLeftOut[],
): LearningResult {
  const { machine, model, seed } = measured;
  const projects = runs.map((run) => projectResult(run, seed));
  const stages = stagesTogether(runs);
  const { base, sft, policy } = stages;
  const totalsOf = totalsAmong(Object.values(stages));
  return {
    ...{ machine, model, projects, notJudged },
    median: medianOf(projects.map(({ relative }) => relative)),
    medianOf: medianCounts(projects.map(({ relative }) => relative)),
    together: {
      heldOut: eachStage((name) => totalsOf(stages[name])),
      relative: { sft: compareRows(base, sft, seed), policy: compareRows(base, policy, seed) },
    },
  };
}

/** How far the stages are right at every pause, beside the base model. */
export function everyPauseResult({ base, ...stages }: ProjectRun['reach'], seed: number): EveryPauseResult {
  const { places, bytes, right } = totalOf(base!);
  const each = <T>(valueOf: (reach: Reach) => T) =>
    Object.fromEntries(Object.entries(stages).map(([name, reach]) => [name, valueOf(reach)]));
  return {
    ...{ places, bytes, right: { base: right, ...each((reach) => totalOf(reach).right) } },
    relative: each((reach) => compareReach(base!, reach, seed)),
  };
}

/** What a retraining took, the gate included. */
export function trainSeconds({ manifest, gateSeconds }: ProjectRun): number {
  return manifest.stages.reduce((sum, { seconds }) => sum + seconds, gateSeconds);
}
