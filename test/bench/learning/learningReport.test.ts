import { expect, it } from 'vitest';
import {
  figureText,
  learningChart,
  projectText,
  togetherText,
} from '../../../bench/learning/learningReport.ts';
import { learningResult, projectResult } from '../../../bench/learning/learningResult.ts';
import type { ProjectRun } from '../../../bench/learning/measureProject.ts';
import { named } from '../../../bench/learning/pairNames.ts';
import { describeMachine } from '../../../bench/report/machine.ts';
import { tinyManifest } from '../../trainer/adapterFixture.ts';
import { acceptedRow, sampleRow } from './sampleRow.ts';

const places = Array.from({ length: 16 }, (_, i) => ({ documentUri: `file:///${i % 8}.py`, offset: 20 * i }));
const refused = places.map((place) => sampleRow(place));
const keeping = (text: string) => places.map((place) => acceptedRow(text, place));

function runWith(promoted: boolean, rows: ProjectRun['rows']): ProjectRun {
  const manifest = tinyManifest('a');
  const stages = (['sft', 'reward', 'ppo'] as const).map((name) => ({
    ...{ name, steps: 3, seconds: 60, metrics: {}, curves: {} },
  }));
  return {
    work: {
      name: 'a-1 to a-2',
      first: [],
      heldOut: [],
      sourceFiles: [],
      filesBefore: [],
      learnableFiles: [],
      heldOutTelling: { lines: 30, elsewhere: 6, learnable: 9 },
      by: 'documents',
      firstLines: 60,
      heldOutLines: 40,
    },
    collected: { asked: 9, shown: 8, accepted: 2, keptChars: 20, typedChars: 900 },
    manifest: { ...manifest, stages, verdict: { promoted, reason: 'Because.' } },
    ...{ gateSeconds: 30, peakRssMb: 2000, rows },
    harm: { base: 2, retrained: 2.1 },
    reach: { base: reaching(40), sft: reaching(50) },
  };
}

/** A policy that is right so far in each of 16 stretches of 8 files. */
function reaching(right: number) {
  return places.map(({ documentUri }) => ({ documentUri, places: 10, bytes: 200, right }));
}

const better = {
  base: keeping('abcd'),
  baseSilent: keeping('abc'),
  sft: keeping('abcdef'),
  final: keeping('abcdefgh'),
  finalSilent: keeping('abcdefg'),
  silent: keeping('abcdefgh'),
};

it('writes the numbers in the form that was promised', () => {
  const result = projectResult(runWith(true, better), 1);
  expect(Object.keys(result)).toEqual([
    ...['name', 'heldOut', 'relative', 'promoted', 'trainMinutes', 'peakRssMb'],
    ...['everyPause', 'tokenLossElsewhere'],
  ]);
  const keys = ['asked', 'shown', 'accepted', 'keptChars', 'refusedChars', 'typedChars', 'keystrokesSaved'];
  for (const measures of Object.values(result.heldOut)) expect(Object.keys(measures)).toEqual(keys);
  expect(result).toMatchObject({ name: 'a-1 to a-2', promoted: true, trainMinutes: 3.5, peakRssMb: 2000 });
  expect(result.relative.keptChars).toEqual({ value: 1, low: 1, high: 1 });
  expect(result.heldOut).toMatchObject({
    ...{ base: { keptChars: 64 }, baseSilent: { keptChars: 48 }, sft: { keptChars: 96 } },
    ...{ final: { keptChars: 128 }, finalSilent: { keptChars: 112 }, policy: { keptChars: 128 } },
  });
  expect(result.everyPause).toEqual({
    ...{ places: 160, bytes: 3200, right: { base: 640, sft: 800 } },
    relative: { sft: { value: 0.25, low: 0.25, high: 0.25 } },
  });
});

it('compares a second retraining with what served before it, on later work and where the first was held out', () => {
  const later = {
    ...{ run: runWith(true, better), before: keeping('ab') },
    firstHeldOut: { before: keeping('abcdefgh'), after: keeping('abcd') },
  };
  const run = { ...runWith(true, better), later };
  expect(projectResult(run, 1).second).toMatchObject({
    ...{ promoted: true, trainMinutes: 3.5, peakRssMb: 2000 },
    heldOut: { base: { keptChars: 64 }, before: { keptChars: 32 }, policy: { keptChars: 128 } },
    relative: { keptChars: { value: 3, low: 3, high: 3 } },
    firstHeldOut: { relative: { keptChars: { value: -0.5, low: -0.5, high: -0.5 } } },
  });
  const text = projectText(run, 1);
  expect(text).toMatch(/all against what served before: +kept \+300 %/);
  expect(text).toMatch(/at the first held-out part: kept -50 %/);
});

it('calls a run and the later one by another name', () => {
  const firstHeldOut = { before: keeping('ab'), after: keeping('ab') };
  const later = { run: runWith(true, better), before: keeping('ab'), firstHeldOut };
  const run = named({ ...runWith(true, better), later }, 'x/v1 to x/v2');
  expect(projectResult(run, 1).name).toBe('x/v1 to x/v2');
  expect(projectText(run, 1)).toMatch(/^x\/v1 to x\/v2: [^]*^x\/v1 to x\/v2, later: /m);
});

it('compares with another model as it comes', () => {
  const run = { ...runWith(true, better), against: { model: 'larger', rows: keeping('abc') } };
  expect(projectResult(run, 1).against).toMatchObject({
    model: 'larger',
    heldOut: { keptChars: 48 },
    relative: {
      sft: { keptChars: { value: 1 } },
      policy: { keptChars: { value: expect.closeTo(5 / 3) as number } },
    },
  });
  const text = projectText(run, 1);
  expect(text).toMatch(/characters kept +64 +48 +96 +128 +112 +128 +48/);
  expect(text).toMatch(/SFT against larger as it comes: kept \+100 %/);
});

it('has what served before go on where a second retraining was not promoted', () => {
  const firstHeldOut = { before: keeping('abcd'), after: keeping('abcd') };
  const later = { run: runWith(false, better), before: keeping('ab'), firstHeldOut };
  expect(projectResult({ ...runWith(true, better), later }, 1).second?.heldOut.policy.keptChars).toBe(32);
});

it('has the base model serve where the new policy was not promoted', () => {
  const { heldOut, relative } = projectResult(runWith(false, better), 1);
  expect(heldOut.policy).toEqual(heldOut.base);
  expect(heldOut.sft.keptChars).toBe(96);
  expect(relative.keptChars.value).toBe(0);
});

it('puts the projects together, without what cannot be said of one', () => {
  const runs = [runWith(true, better), runWith(true, { ...better, base: refused })];
  const result = learningResult({ machine: describeMachine({}), model: 'tiny', seed: 1 }, runs, []);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(result.median.keptChars).toBe(1);
  expect(result.medianOf).toEqual({
    keptChars: 1,
    acceptRate: 1,
    shown: 2,
    refusedChars: 2,
    keystrokesSaved: 1,
  });
  expect(togetherText(runs, result)).toMatch(/^Median of 2.*keptChars \+100 % \(of 1\).* shown \+0 %, /m);
  expect(learningChart(result).groups).toEqual([
    {
      name: 'a-1 to a-2',
      rows: [
        { label: 'SFT alone', unit: 'characters', ours: 96, peer: 64 },
        { label: 'what serves', unit: 'characters', ours: 128, peer: 64 },
      ],
    },
  ]);
});

it('has totals of all projects together, each with its interval over their files', () => {
  const runs = [runWith(true, better), runWith(false, { ...better, base: keeping('ab') })];
  const result = learningResult({ machine: describeMachine({}), model: 'tiny', seed: 1 }, runs, []);
  const { heldOut, relative } = result.together;
  expect(heldOut).toMatchObject({
    base: { asked: 32, keptChars: 64 + 32, typedChars: 2 * result.projects[0]!.heldOut.base.typedChars },
    sft: { keptChars: 2 * 96 },
    policy: { keptChars: 128 + 32 },
  });
  expect(relative.sft.keptChars.value).toBe(1);
  const { value, low, high } = relative.policy.keptChars;
  expect(value).toBeCloseTo(160 / 96 - 1);
  // One project gains all and the other nothing, so it depends on which files are drawn.
  expect(low).toBeGreaterThanOrEqual(0);
  expect(low).toBeLessThan(value!);
  expect(high).toBeGreaterThan(value!);
  const text = togetherText(runs, result);
  expect(text).toMatch(/^2 projects together:/);
  expect(text).toMatch(/characters kept +96 +96 +192 +256 +224 +160/);
  expect(text).toMatch(/SFT against base: +kept \+100 % \[.*refused .*keystrokes saved \+150 % \[/);
  expect(text).toMatch(/what serves against base: kept \+67 % \[/);
});

it('says where the minutes went, what each stage does, and why completions are refused', () => {
  const text = projectText(runWith(true, better), 1);
  expect(text).toContain(
    'of 30 held-out lines that tell something, 6 stand in other files of the older version, 9 in what may be learned',
  );
  expect(text).toContain('retrained in 3.5 min: sft 3 steps in 60 s, reward 3 steps in 60 s');
  expect(text).toMatch(/base +base, silent +sft +final +final, silent +gate kept/);
  expect(text).toMatch(/characters kept +64 +48 +96 +128 +112 +128/);
  expect(text).toMatch(/SFT against base: +kept \+50 % \[\+50 %, \+50 %\]/);
  expect(text).toMatch(/silence on base: +kept -25 % /);
  expect(text).toMatch(/silence on all stages: +kept -13 % /);
  expect(text).toMatch(/right as a whole +16 +16/);
  expect(text).toContain('at 160 pauses, of 3200 bytes: base 20.0 %, sft 25.0 % (+25 % [+25 %, +25 %])');
  expect(projectText(runWith(false, { ...better, base: refused }), 1)).toContain(
    'kept cannot be said (the other has none), ',
  );
});

it('says of which policy there is nothing to compare', () => {
  const unsaid = { value: null, low: null, high: null };
  expect(figureText({ ...unsaid, why: 'hasNone' })).toBe('cannot be said (it shows nothing)');
  expect(figureText({ ...unsaid, why: 'otherHasNone' })).toBe('cannot be said (the other has none)');
  expect(figureText({ ...unsaid, value: 0.5, why: 'tooFewRequests' })).toBe(
    '+50 % [?, ?] (too few requests for an interval)',
  );
});
