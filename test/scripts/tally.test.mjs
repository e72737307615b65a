import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from '../../scripts/setup/folders.mjs';
import { tallyOf } from '../../scripts/testKinds.mjs';

const file = (...statuses) => ({
  name: join(projectFolder, 'x.test.ts'),
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
});

it.each([
  [
    'counts each kind of result',
    1,
    [file('passed', 'failed', 'passed'), file('pending')],
    [2, 1, ['x.test.ts: test 1']],
  ],
  ['is empty without tests', 0, [], [0, 0, []]],
  [
    'counts a file that could not be loaded',
    1,
    [{ ...file(), status: 'failed' }],
    [0, 0, ['x.test.ts as a whole']],
  ],
  [
    'counts a file whose set-up failed',
    1,
    [{ ...file('skipped'), status: 'failed' }],
    [0, 1, ['x.test.ts as a whole']],
  ],
  [
    'counts a failure outside every test',
    1,
    [file('passed')],
    [1, 0, ['unit: the run ended with exit code 1']],
  ],
])('%s', (_, exitCode, testResults, [passed, skipped, failures]) => {
  expect(tallyOf('unit', exitCode, { testResults })).toEqual({ passed, skipped, failures });
});

it('counts a run that wrote no report as one failure', () => {
  expect(tallyOf('unit', 134, undefined)).toEqual({
    passed: 0,
    skipped: 0,
    failures: ['unit: the run ended with exit code 134'],
  });
});
