import { join } from 'node:path';
import { expect, it } from 'vitest';
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

it.each<[what: string, args: (folder: string) => string[], message: RegExp]>([
  ['an older version more', (a) => ['--old', a, '--old', a, '--new', a], /^There are 2 --old and 1 --new\. /],
  ['a newer version more', (a) => ['--new', a, '--old', a, '--new', a], /^There are 1 --old and 2 --new\. /],
  ['a folder that is not there', (a) => ['--old', a, '--new', join(a, 'x')], /^There is no folder /],
  [
    'a file in a folder that is not there',
    (a) => ['--old', a, '--new', a, '--json', join(a, 'x', 'y.json')],
    /^There is no folder /,
  ],
])('refuses %s in one sentence that says what to do', async (_, args, message) => {
  await expect(learningOptions(args(temporaryFolder()))).rejects.toMatchObject({
    name: 'CliError',
    message: expect.stringMatching(message) as string,
  });
});
