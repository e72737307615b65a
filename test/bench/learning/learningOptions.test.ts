import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { learningOptions } from '../../../bench/learning/learningOptions.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('takes versions in pairs, in the order in which they are given', async () => {
  const folders = Array.from({ length: 4 }, () => temporaryFolder());
  const [a, b, c, d] = folders as [string, string, string, string];
  const args = [
    '--old',
    a,
    '--new',
    b,
    '--old',
    c,
    '--new',
    d,
    '--train-minutes',
    '1.5',
    '--max-requests',
    '9',
  ];
  expect(await learningOptions(args)).toMatchObject({
    pairs: [
      { old: a, new: b },
      { old: c, new: d },
    ],
    ...{ model: 'qwen2.5-coder-0.5b', trainMinutes: 1.5, maxRequests: 9, context: true },
  });
  expect(await learningOptions([...args, '--no-context'])).toMatchObject({ context: false });
});

it('takes paths as they are seen from where npm was started', async () => {
  const folder = temporaryFolder();
  vi.stubEnv('INIT_CWD', folder);
  for (const name of ['v1', 'v2', 'tiny']) mkdirSync(join(folder, name));
  const args = ['--old', 'v1', '--new', 'v2', '--model', './tiny', '--against', 'tiny', '--json', 'a.json'];
  expect(await learningOptions(args)).toMatchObject({
    pairs: [{ old: join(folder, 'v1'), new: join(folder, 'v2') }],
    ...{ model: join(folder, 'tiny'), against: join(folder, 'tiny'), json: join(folder, 'a.json') },
  });
  expect(await learningOptions([...args, '--model', 'smollm2-135m'])).toMatchObject({
    model: 'smollm2-135m',
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function fileIn(folder: string): string {
  const path = join(folder, 'x.txt');
  writeFileSync(path, '');
  return path;
}

it.each<[what: string, args: (folder: string) => string[], message: RegExp]>([
  ['an older version more', (a) => ['--old', a, '--old', a, '--new', a], /^There are 2 --old and 1 --new\. /],
  ['a newer version more', (a) => ['--new', a, '--old', a, '--new', a], /^There are 1 --old and 2 --new\. /],
  ['a folder that is not there', (a) => ['--old', a, '--new', join(a, 'x')], /^There is no folder /],
  [
    'a file in a folder that is not there',
    (a) => ['--old', a, '--new', a, '--json', join(a, 'x', 'y.json')],
    /^There is no folder /,
  ],
  [
    'a folder for the file',
    (a) => ['--old', a, '--new', a, '--json', a],
    /is a folder\. Name a file in it: \S+FILE\.$/,
  ],
  [
    'a file below a file',
    (a) => ['--old', a, '--new', a, '--json', join(fileIn(a), 'y.json')],
    /x\.txt is a file\. Name a folder in its place\.$/,
  ],
])('refuses %s in one sentence that says what to do', async (_, args, message) => {
  await expect(learningOptions(args(temporaryFolder()))).rejects.toMatchObject({
    name: 'CliError',
    message: expect.stringMatching(message) as string,
  });
});
