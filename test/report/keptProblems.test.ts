import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptProblems, ProblemsKeeper, withKeptProblems } from '../../src/report/keptProblems.ts';
import type { Problem } from '../../src/report/diagnostics.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

function problem(atMs: number, text = `problem ${atMs}`): Problem {
  return { atMs, severity: 'warn', text };
}

const nothingSecret = () => ({ paths: [] });

describe('what went wrong in a window', () => {
  it('is known after its end, with what went wrong in another', async () => {
    const path = join(temporaryFolder(), 'data', 'problems.json');
    expect(await keptProblems(path)).toEqual([]);
    await new ProblemsKeeper(path, nothingSecret).keep(problem(1));
    await new ProblemsKeeper(path, nothingSecret).keep(problem(2));
    expect(await keptProblems(path)).toEqual([problem(1), problem(2)]);
  });

  it('is kept without anything private', async () => {
    const path = join(temporaryFolder(), 'problems.json');
    const keeper = new ProblemsKeeper(path, () => ({ paths: ['secretPlans'] }));
    await keeper.keep(
      problem(1, 'No model at /home/jo/a.gguf, nor in secretPlans: "let a"\n  at /home/jo/b.ts'),
    );
    expect(await keptProblems(path)).toEqual([problem(1, 'No model at <path>, nor in <path>: "…"')]);
  });

  it('is kept to the last ten, however many come at once', async () => {
    const path = join(temporaryFolder(), 'problems.json');
    const keeper = new ProblemsKeeper(path, nothingSecret);
    await Promise.all(Array.from({ length: 100 }, (_, atMs) => keeper.keep(problem(atMs))));
    expect((await keptProblems(path)).map(({ atMs }) => atMs)).toEqual([
      90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
    ]);
  });

  it('is written again after it could not be', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'problems.json');
    mkdirSync(path);
    const keeper = new ProblemsKeeper(path, nothingSecret);
    await expect(keeper.keep(problem(1))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['problems.json']);
    rmdirSync(path);
    await keeper.keep(problem(2));
    expect(await keptProblems(path)).toEqual([problem(2)]);
  });

  it('is forgotten where its file cannot be read', async () => {
    const path = join(temporaryFolder(), 'problems.json');
    writeFileSync(path, '[{"atMs": 1, "sev');
    expect(await keptProblems(path)).toEqual([]);
    await new ProblemsKeeper(path, nothingSecret).keep(problem(2));
    expect(await keptProblems(path)).toEqual([problem(2)]);
  });
});

it('tells what this process knows in its own words, among what was kept', () => {
  const kept = [problem(1), problem(3, 'in English')];
  expect(withKeptProblems([problem(2), problem(3, 'auf Deutsch')], kept)).toEqual([
    problem(1),
    problem(2),
    problem(3, 'auf Deutsch'),
  ]);
});

it('tells the last ten of what this process knows and what was kept', () => {
  const [kept, own] = [0, 10].map((from) => Array.from({ length: 10 }, (_, i) => problem(from + i)));
  expect(withKeptProblems(own!, kept!)).toEqual(own);
  expect(withKeptProblems(own!.slice(5), kept!)).toEqual([...kept!.slice(5), ...own!.slice(5)]);
});
