import { acceptSteps } from '../../src/cli/replay/truth.ts';
import { invariant } from '../../src/engine/invariant.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { groupsOfWork } from '../../src/trainer/gate/groupsOfWork.ts';
import type { HeldOutTotals } from '../../src/trainer/gate/heldOutTotals.ts';
import { bootstrapInterval } from '../../src/trainer/gate/statistics.ts';
import { median } from '../report/statistics.ts';
import type { Row } from './rows.ts';

/** One policy over the held-out work: what it kept and what was typed count once, however often it was asked for. */
export interface Measures extends HeldOutTotals {
  /** Kept characters less the keys that take them, each of which counts once as well. */
  readonly keystrokesSaved: number;
}

/** A figure of one policy as a share of another's, less 1: 0.5 is half as much again, 0 the same, also where both have nothing. */
export interface RelativeFigure {
  /** Null where it cannot be said. */
  readonly value: number | null;
  /** Ends of the 95 % interval; null where they cannot be said. */
  readonly low: number | null;
  readonly high: number | null;
  /** Absent where nothing is null. */
  readonly why?: WhyUnsaid;
}

/** Why something of a relative figure cannot be said. */
export type WhyUnsaid =
  /** The other policy has none of it, and this one some. */
  | 'otherHasNone'
  /** This policy shows nothing, so that it has no accept rate. */
  | 'hasNone'
  /** There are too few requests to draw some of them: no interval. */
  | 'tooFewRequests'
  /** In too many draws the other policy has none of it, or this one no accept rate: an end of the interval is open. */
  | 'noneInSomeDraws';

/** The sum of one measure: thousands of draws look at one or two. */
type SumOf = (key: keyof Measures) => number;

/** The figures that policies are compared by. */
const figures = {
  keptChars: (sumOf: SumOf) => sumOf('keptChars'),
  acceptRate: (sumOf: SumOf) => sumOf('accepted') / sumOf('shown'),
  shown: (sumOf: SumOf) => sumOf('shown'),
  refusedChars: (sumOf: SumOf) => sumOf('refusedChars'),
  keystrokesSaved: (sumOf: SumOf) => sumOf('keystrokesSaved'),
} as const;

/** What one policy does compared with another. */
export type RelativeMeasures = Readonly<Record<keyof typeof figures, RelativeFigure>>;

function eachFigure<T>(valueOf: (name: keyof RelativeMeasures) => T): Record<keyof RelativeMeasures, T> {
  return {
    keptChars: valueOf('keptChars'),
    acceptRate: valueOf('acceptRate'),
    shown: valueOf('shown'),
    refusedChars: valueOf('refusedChars'),
    keystrokesSaved: valueOf('keystrokesSaved'),
  };
}

/** What each request adds to the measures. */
export function measuresOfRows(rows: readonly Row[]): Measures[] {
  const [kept, typed] = [new Reach(), new Reach()];
  return rows.map((row) => {
    const { documentUri, offset, offered } = row;
    const keptChars = kept.add(documentUri, offset, row.keptChars);
    return {
      asked: 1,
      shown: Number(offered !== ''),
      accepted: Number(row.taken === 'all'),
      keptChars,
      refusedChars: offered.length - row.keptChars,
      typedChars: typed.add(documentUri, offset, row.typedChars),
      keystrokesSaved: keptChars - keysBeyond(row.keptChars - keptChars, row),
    };
  });
}

/** Presses of the accept keys that take something behind the first `takenBefore` characters of an offered text. */
function keysBeyond(takenBefore: number, { taken, offered, keptChars }: Row): number {
  if (taken === 'nothing') return 0;
  let end = 0;
  const ends = acceptSteps(taken, offered.slice(0, keptChars)).map((step) => (end += step.length));
  return ends.filter((stepEnd) => stepEnd > takenBefore).length;
}

/**
 * Gives the totals of policies that were asked at the same places. What was typed there is the same for all of them: the
 * lines that they were asked on, and further ones that any of them kept something of.
 */
export function totalsAmong(policies: readonly (readonly Row[])[]): (rows: readonly Row[]) => Measures {
  const typed = new Reach();
  const typedChars = (policies[0] ?? []).map(({ documentUri, offset }, place) =>
    typed.add(documentUri, offset, Math.max(...policies.map((rows) => rows[place]!.typedChars))),
  );
  const all = typedChars.reduce((sum, chars) => sum + chars, 0);
  return (rows) => ({ ...sumOfMeasures(measuresOfRows(rows)), typedChars: all });
}

/** The sum of some measures. */
export function sumOfMeasures(all: readonly Measures[]): Measures {
  const sum = sumsIn(all);
  return {
    asked: sum('asked'),
    shown: sum('shown'),
    accepted: sum('accepted'),
    keptChars: sum('keptChars'),
    refusedChars: sum('refusedChars'),
    typedChars: sum('typedChars'),
    keystrokesSaved: sum('keystrokesSaved'),
  };
}

function sumsIn(all: readonly Measures[]): SumOf {
  return (key) => all.reduce((total, measures) => total + measures[key], 0);
}

/** How far each document is covered by now: what is covered twice counts once. */
class Reach {
  readonly #ends = new Map<string, number>();

  /** How many of `chars` characters from `offset` on were not covered yet. */
  add(documentUri: string, offset: number, chars: number): number {
    const before = this.#ends.get(documentUri) ?? 0;
    const end = Math.max(before, offset + chars);
    this.#ends.set(documentUri, end);
    return end - Math.max(before, Math.min(offset, end));
  }
}

/** Both policies in one group of requests. */
interface PairedGroup<T> {
  readonly before: T;
  readonly after: T;
}

/** Enough that both ends of a 95 % interval rest on 50 resampled figures each. */
const resamples = 2000;

/**
 * A policy compared with another at the same requests. The intervals draw whole files (stretches of
 * work where there are too few files) with both policies' numbers in them.
 *
 * @param seed of the draws.
 */
export function compareRows(before: readonly Row[], after: readonly Row[], seed: number): RelativeMeasures {
  const groups = pairedGroups(before, after);
  return eachFigure((name) =>
    relativeFigure(
      groups,
      (drawn) => figures[name](sumsIn(drawn)),
      RandomStream.named(seed, `learning/${name}`),
    ),
  );
}

/** The rows of several projects as those of one: the same path in two of them is two documents. */
export function rowsTogether(projects: readonly (readonly Row[])[]): Row[] {
  return projects.flatMap((rows, project) =>
    rows.map((row) => ({ ...row, documentUri: `${project} ${row.documentUri}` })),
  );
}

/** The share of the shown completions that were right as a whole; NaN where none was shown. */
export function acceptRateOf({ accepted, shown }: Measures): number {
  return accepted / shown;
}

function pairedGroups(before: readonly Row[], after: readonly Row[]): PairedGroup<Measures>[] {
  const isPaired = before.every(
    ({ documentUri, offset }, i) => after[i]?.documentUri === documentUri && after[i].offset === offset,
  );
  invariant(isPaired && before.length === after.length, 'two policies were asked at different places');
  const [measuresBefore, measuresAfter] = [measuresOfRows(before), measuresOfRows(after)];
  const places = before.map(({ documentUri }, index) => ({ documentUri, atMs: index, index }));
  return groupsOfWork(places).map((group) => ({
    before: sumOfMeasures(group.map(({ index }) => measuresBefore[index]!)),
    after: sumOfMeasures(group.map(({ index }) => measuresAfter[index]!)),
  }));
}

/** A figure of one policy as a share of another's, with the interval of drawing whole groups. */
export function relativeFigure<T>(
  groups: readonly PairedGroup<T>[],
  figureOf: (drawn: readonly T[]) => number,
  random: RandomStream,
): RelativeFigure {
  const before = (drawn: readonly PairedGroup<T>[]): number => figureOf(drawn.map((group) => group.before));
  const after = (drawn: readonly PairedGroup<T>[]): number => figureOf(drawn.map((group) => group.after));
  const change = (drawn: readonly PairedGroup<T>[]): number => changeOf(before(drawn), after(drawn));
  const value = finiteOrNull(change(groups));
  const unsaid = { value, low: null, high: null };
  if (value === null) return { ...unsaid, why: whyNone(before(groups), after(groups)) };
  if (groups.length < 2) return { ...unsaid, why: 'tooFewRequests' };
  const interval = bootstrapInterval(groups, change, { resamples, random });
  const [low, high] = [finiteOrNull(Math.max(interval.low, -1)), finiteOrNull(interval.high)];
  return { value, low, high, ...((low === null || high === null) && { why: 'noneInSomeDraws' }) };
}

/** As much is no change, also where it is nothing. */
function changeOf(before: number, after: number): number {
  return before === after ? 0 : after / before - 1;
}

function whyNone(before: number, after: number): WhyUnsaid {
  return Number.isNaN(after) && !Number.isNaN(before) ? 'hasNone' : 'otherHasNone';
}

/** The medians over projects of the figures that could be said. */
export function medianOf(all: readonly RelativeMeasures[]): Record<keyof RelativeMeasures, number | null> {
  return eachFigure((name) => {
    const values = valuesOf(all, name);
    return values.length === 0 ? null : median(values);
  });
}

/** Of how many projects those medians are. */
export function medianCounts(all: readonly RelativeMeasures[]): Record<keyof RelativeMeasures, number> {
  return eachFigure((name) => valuesOf(all, name).length);
}

function valuesOf(all: readonly RelativeMeasures[], name: keyof RelativeMeasures): number[] {
  return all.map((one) => one[name].value).filter((value) => value !== null);
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
