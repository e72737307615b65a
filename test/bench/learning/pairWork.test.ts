import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { askingIn, readPairWork, type PairWork } from '../../../bench/learning/pairWork.ts';
import type { Versions } from '../../../src/cli/replay/versions.ts';
import { writtenText } from '../../../src/cli/replay/splitWork.ts';
import { folderOf, versionPair, type Files } from './versionPair.ts';

const roundsOf = (pair: Versions, rounds: 1 | 2 = 1): Promise<PairWork[]> =>
  readPairWork(pair, { seed: 1, rounds });

it.each(['\n', '\r\n'])(
  'reads what was typed between two folders, in two parts (line ends %j)',
  async (lineEnd) => {
    const [work] = await roundsOf(versionPair('shop', { lineEnd }));
    expect(work).toMatchObject({ name: 'shop-1 to shop-2', by: 'regions', firstLines: 48, heldOutLines: 32 });
    for (const document of [...work!.first, ...work!.heldOut])
      expect(writtenText(document)).not.toContain('\r');
  },
);

it('splits a copy of the folders alike, whatever times its files have', async () => {
  const pair = versionPair('shop', { files: 40, lines: 10 });
  const before = await roundsOf(pair, 2);
  for (const folder of [pair.old, pair.new])
    readdirSync(join(folder, 'lib'))
      .sort()
      .forEach((name, i) => utimesSync(join(folder, 'lib', name), 9000 - 60 * i, 9000 - 60 * i));
  expect(await roundsOf(pair, 2)).toEqual(before);
});

const long = (name: string, lines = 60): string =>
  Array.from({ length: lines }, (_, i) => `${name}${i} = compute(${i})\n`).join('');

it.each<[what: string, old: Files, newer: Files, message: RegExp]>([
  ['nothing new', { 'a.py': 'a = 1\n' }, { 'a.py': 'a = 1\n' }, /^Nothing was typed between /],
  ['only what was moved', { 'a.py': long('a') }, { 'b/a.py': long('a') }, /^Nothing was typed between /],
  [
    'only white space that is new',
    { 'a.py': long('a') },
    { 'a.py': long('    a') },
    /^Nothing was typed between /,
  ],
  [
    'no source',
    { 'a.py': 'a = 1\n' },
    { 'a.md': 'a' },
    /^There is no source file in .* known by their ends: \.bash .* \.zsh\.$/,
  ],
  ['too little that is new', {}, { 'a.py': long('a') }, /is too small to learn from .*: 36 lines .* and 24 /],
  [
    'only blank lines to judge by',
    {},
    { 'a.py': `${long('a')}${long('b')}${'\n'.repeat(200)}` },
    /is too small to learn from .*: 120 lines .* and 0 held out/,
  ],
])('refuses a pair with %s in one sentence', async (_, old, newer, message) => {
  const pair = { old: folderOf('v1', old), new: folderOf('v2', newer) };
  await expect(roundsOf(pair)).rejects.toMatchObject({
    name: 'CliError',
    message: expect.stringMatching(message) as string,
  });
});

it('asks at every natural pause, or at as many as may be', async () => {
  const [{ heldOut }] = (await roundsOf(versionPair('shop'))) as [PairWork];
  const every = askingIn(heldOut, 10_000);
  expect(every.count).toBe(every.of);
  expect(every.count).toBeGreaterThan(32);
  expect(askingIn(heldOut, 10)).toEqual({ ...every, count: 10 });
});

it.each([
  ['whole files', { files: 40, lines: 10 }, 'documents'],
  ['parts of files', { files: 4, lines: 60 }, 'regions'],
] as const)(
  'has later work begin behind the earlier, and keeps what that held out from its files (%s)',
  async (_, size, by) => {
    const [earlier, later] = (await roundsOf(versionPair('shop', size), 2)) as [PairWork, PairWork];
    expect([earlier, later]).toMatchObject([
      { name: 'shop-1 to shop-2', by },
      { name: 'shop-1 to shop-2, later', by },
    ]);
    const linesIn = (work: PairWork): number => work.firstLines + work.heldOutLines;
    expect([linesIn(earlier), linesIn(later)]).toEqual(
      [size.files * size.lines, size.files * size.lines].map((n) => n / 2),
    );
    const typed = [earlier.first, earlier.heldOut, later.first, later.heldOut].map((documents) =>
      documents.flatMap(({ path, regions }) => regions.map(({ typedText }) => `${path} ${typedText}`)),
    );
    expect(new Set(typed.flat()).size).toBe(typed.flat().length);
    if (by === 'documents')
      for (const { path, before } of earlier.heldOut)
        expect(later.sourceFiles.find(({ documentUri }) => documentUri.endsWith(path))?.text).toBe(before);
  },
);

/** The lines of some texts, without their outer white space. */
function linesIn(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap((text) => text.split('\n').map((line) => line.trim())).filter(Boolean));
}

const heldOutLines = ({ heldOut }: PairWork): string[] => [
  ...linesIn(heldOut.flatMap(({ regions }) => regions.map(({ typedText }) => typedText))),
];

it.each([
  ['whole files', 16, 'documents'],
  ['parts of files', 4, 'regions'],
])('learns no held-out line where it stood before it was indented anew (%s)', async (_, count, by) => {
  const names = Array.from({ length: count }, (_, i) => `part${i}`);
  const files = (textOf: (name: string) => string): Files =>
    Object.fromEntries(names.map((name) => [`${name}.py`, textOf(name)]));
  const ends = (name: string) => ({ head: long(`${name}_head`), tail: long(`${name}_tail`, 20) });
  const old = files((name) => `${ends(name).head}${long(`${name}_stays`)}${ends(name).tail}`);
  const newer = files((name) => {
    const { head, tail } = ends(name);
    return `${head}${long(`${name}_new`, 40)}${long(`${name}_stays`)}${tail.replaceAll(/^(?=.)/gm, '  ')}`;
  });
  const [work] = (await roundsOf({ old: folderOf('v1', old), new: folderOf('v2', newer) })) as [PairWork];
  const [standing, learned] = [work.sourceFiles, work.learnableFiles].map((all) =>
    linesIn(all.map(({ text }) => text)),
  );
  const moved = heldOutLines(work).filter((line) => standing!.has(line));
  expect([work.by, moved.length > 50]).toEqual([by, true]);
  expect(moved.filter((line) => learned!.has(line))).toEqual([]);
  for (const line of linesIn(names.map((name) => ends(name).head))) expect(learned).toContain(line);
});

it('learns what other files have of the held-out lines, and counts them', async () => {
  const shared = long('shared', 10);
  const pair = {
    old: folderOf('v1', { 'a.py': '', 'other.py': shared }),
    new: folderOf('v2', { 'a.py': `${long('new')}${long('more')}${shared}`, 'other.py': shared }),
  };
  const [work] = (await roundsOf(pair)) as [PairWork];
  expect(work.heldOutTelling).toEqual({ lines: work.heldOutLines, elsewhere: 10, learnable: 10 });
  expect(work.learnableFiles.map(({ text }) => text)).toContain(shared);
});

it.each([
  ['whole files', { files: 40, lines: 10 }],
  ['parts of files', { files: 4, lines: 60 }],
])('learns in the second round nothing of what the first held out (%s)', async (_, size) => {
  const [earlier, later] = (await roundsOf(versionPair('shop', size), 2)) as [PairWork, PairWork];
  for (const { learnableFiles } of [earlier, later]) {
    const learned = linesIn(learnableFiles.map(({ text }) => text));
    expect(heldOutLines(earlier).filter((line) => learned.has(line))).toEqual([]);
  }
  const learned = linesIn(later.learnableFiles.map(({ text }) => text));
  for (const { regions } of [...earlier.first, ...later.first])
    for (const line of linesIn(regions.map(({ typedText }) => typedText))) expect(learned).toContain(line);
});
