import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LearningResult } from '../../../bench/learning/learningResult.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { folderOf, versionPair } from './versionPair.ts';

const program = resolve(import.meta.dirname, '../../../bench/learning.bench.ts');

interface RunOptions {
  /** Presses Ctrl+C when this is said. */
  readonly stopAt?: RegExp;
}

/** Runs the command to its end, and gives what it said. */
async function learn(args: readonly string[], { stopAt }: RunOptions = {}) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (stopAt?.test(text) === true) child.kill('SIGINT');
    });
  const [exitCode] = (await once(child, 'close')) as [number];
  return { said, exitCode };
}

/** Every file below a folder that is done, with when it was written. */
function rowFiles(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const rows = names.filter((name) => name.endsWith('.rows.jsonl'));
  return Object.fromEntries(rows.map((name) => [name, statSync(join(folder, name)).mtimeMs]));
}

/** A tiny model with room for a prompt of full length and a completion behind it. */
const roomyConfig = { ...tinyConfig, maxPositions: 1024 };

async function arrange() {
  const [results, model] = [temporaryFolder(), await writeTinyModelFolder(1, roomyConfig)];
  const pairs = [
    versionPair('shop', { lines: 40 }),
    versionPair('bank', { lineEnd: '\r\n', extension: 'ts' }),
  ];
  const versions = pairs.flatMap((pair) => ['--old', pair.old, '--new', pair.new]);
  const json = join(results, 'result.json');
  const few = ['--max-requests', '30', '--train-minutes', '0.1', '--threads', '1'];
  return {
    results,
    json,
    args: [...versions, '--model', model, '--results', results, '--json', json, ...few],
  };
}

/** What policies are compared by. */
const figures = ['keptChars', 'acceptRate', 'shown', 'refusedChars', 'keystrokesSaved'];

describe('bench:learning', () => {
  it('lives through two projects, retrains from each, and writes what came of it; again it has all of that', async () => {
    const { results, json, args } = await arrange();
    const other = await writeTinyModelFolder(2, roomyConfig);
    const { said, exitCode } = await learn([...args, '--against', other]);
    expect(said).toMatch(/Median of 2, /);
    expect(exitCode).toBe(0);
    const { projects, median, together, machine } = JSON.parse(readFileSync(json, 'utf8')) as LearningResult;
    expect(projects.map(({ name }) => name)).toEqual(['shop-1 to shop-2', 'bank-1 to bank-2']);
    expect(machine.cores).toBeGreaterThan(0);
    for (const {
      heldOut,
      relative,
      peakRssMb,
      trainMinutes,
      tokenLossElsewhere,
      everyPause,
      against,
    } of projects) {
      expect(everyPause.places).toBeGreaterThan(0);
      expect(everyPause.right['base']).toBeLessThan(everyPause.bytes);
      expect(everyPause.right['sft']).toBeDefined();
      expect(against).toMatchObject({ model: other, heldOut: { asked: 30 } });
      expect(against?.heldOut.typedChars).toBe(heldOut.base.typedChars);
      for (const measures of Object.values(heldOut))
        expect(measures).toMatchObject({ asked: 30, typedChars: heldOut.base.typedChars });
      expect(heldOut.finalSilent.shown).toBeLessThanOrEqual(heldOut.final.shown);
      expect(Object.keys(relative)).toEqual(figures);
      expect(peakRssMb).toBeGreaterThan(0);
      expect(tokenLossElsewhere.base).toBeGreaterThan(0);
      expect(tokenLossElsewhere.retrained).not.toBe(tokenLossElsewhere.base);
      expect(trainMinutes).toBeGreaterThanOrEqual(0);
    }
    expect(Object.keys(median)).toEqual(figures);
    expect(together.heldOut.base.asked).toBe(60);
    expect(said).toMatch(/^2 projects together:$/m);
    const files = rowFiles(results);
    expect(Object.keys(files).length).toBeGreaterThanOrEqual(4);
    await learn([...args, '--against', other]);
    expect(rowFiles(results)).toEqual(files);
    expect((JSON.parse(readFileSync(json, 'utf8')) as LearningResult).projects).toEqual(projects);
  });

  it('measures again where a file that nobody changed is another, and leaves what is done in the file by and by', async () => {
    const { json, args } = await arrange();
    await learn(args.slice(0, 4).concat(args.slice(8)));
    for (const folder of [args[1]!, args[3]!]) writeFileSync(join(folder, 'lib/more.py'), 'more = 1\n');
    const stopped = await learn(args, { stopAt: /2\/2 living/ });
    expect(stopped.said).toMatch(/1\/2 living/);
    expect(stopped.exitCode).toBe(130);
    expect((JSON.parse(readFileSync(json, 'utf8')) as LearningResult).projects).toHaveLength(1);
  });

  it('retrains once more from later work, on top of what serves, and looks at what was reached before', async () => {
    const { results, json, args } = await arrange();
    const onePair = ['--twice', ...args.slice(0, 4), ...args.slice(8)];
    const { said, exitCode } = await learn(onePair);
    expect(said).toMatch(/shop-1 to shop-2, later: /);
    expect(said).toMatch(/what serves, at the first held-out part: kept /);
    expect(exitCode).toBe(0);
    const { projects } = JSON.parse(readFileSync(json, 'utf8')) as LearningResult;
    const { heldOut, second } = projects[0]!;
    expect(second?.heldOut.before.asked).toBe(30);
    expect(second?.heldOut.policy.typedChars).toBe(second?.heldOut.base.typedChars);
    expect(second?.firstHeldOut.before.typedChars).toBe(heldOut.base.typedChars);
    expect(second?.firstHeldOut.before).toEqual(heldOut.policy);
    const manifests = readdirSync(results, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /adapters.*manifest\.json$/.test(name),
    );
    expect(manifests.length).toBe(3);
    await learn(onePair);
    expect((JSON.parse(readFileSync(json, 'utf8')) as LearningResult).projects).toEqual(projects);
  });

  it('says how to go on when it is stopped, and comes to its end then', async () => {
    const { args } = await arrange();
    const stopped = await learn(args, { stopAt: /reward|judge|ppo|gate/ });
    expect(stopped.said).toMatch(/Cancelled\. .*the same command goes on from there\./);
    expect(stopped.exitCode).toBe(130);
    const rest = await learn(args);
    expect(rest.said).toMatch(/Median of 2, /);
    expect(rest.said).not.toMatch(/1\/2 living/);
  });

  it('is refused where another one measures the same project', async () => {
    const { args } = await arrange();
    const both = await Promise.all([learn(args), learn(args)]);
    const [done, refused] = both.sort((a, b) => a.exitCode - b.exitCode);
    expect([done.exitCode, refused.exitCode]).toEqual([0, 1]);
    expect(refused.said).toMatch(/^Process \d+ is at work in .*shop-1-to-shop-2-.*Wait until it is done/m);
  });

  it('says so where nothing of the work may be stored', async () => {
    const { args } = await arrange();
    const files = (count: number) => ({ 'lib/credentials.part.py': 'value = compute(1, 2)\n'.repeat(count) });
    const pair = ['--old', folderOf('v1', files(1)), '--new', folderOf('v2', files(120))];
    const { said, exitCode } = await learn([...pair, ...args.slice(8)]);
    expect(said).toMatch(/^Nothing of v1 to v2 may be learned: \d+ records of it were not stored, /m);
    expect(exitCode).toBe(1);
  });

  it('goes on with the others where some pairs say too little, and says which those are', async () => {
    const { json, args } = await arrange();
    const small = versionPair('small', { lines: 4 });
    const secret = (count: number) => ({
      'lib/credentials.part.py': 'value = compute(1, 2)\n'.repeat(count),
    });
    const nothing = { old: folderOf('v1', secret(1)), new: folderOf('v2', secret(120)) };
    const pairs = [small, nothing].flatMap((pair) => ['--old', pair.old, '--new', pair.new]);
    const { said, exitCode } = await learn([...pairs, ...args.slice(0, 4), ...args.slice(8)]);
    expect(exitCode).toBe(0);
    const { projects, notJudged, median } = JSON.parse(readFileSync(json, 'utf8')) as LearningResult;
    expect(projects.map(({ name }) => name)).toEqual(['shop-1 to shop-2']);
    expect(notJudged).toEqual([
      {
        name: 'small-1 to small-2',
        why: expect.stringMatching(/^small-1 to small-2 is too small/) as string,
      },
      { name: 'v1 to v2', why: expect.stringMatching(/^Nothing of v1 to v2 may be learned/) as string },
    ]);
    expect(Object.keys(median)).toEqual(figures);
    expect(said).toMatch(/^Median of 1, .*\nNot judged: small-1 to small-2\. .*\nNot judged: v1 to v2\. /m);
  });

  it('says in a sentence what is wrong with its options', async () => {
    const { said, exitCode } = await learn(['--old', '/nowhere/1', '--new', '/nowhere/2']);
    expect(said).toBe('There is no folder /nowhere/1. Check how it is written.\n');
    expect(exitCode).toBe(1);
  });
});
