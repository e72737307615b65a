import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { cancelled, missingFolder } from '../../src/cli/errors.ts';
import { failureOf, type Failure } from '../../src/cli/failure.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { storeError } from '../../src/feedback/errors.ts';
import { alreadyRunning } from '../../src/process/errors.ts';
import { sentence } from '../../src/sentences/sentence.ts';
import { nothingToRollBack } from '../../src/trainer/errors.ts';

const refused = Object.assign(new Error('EACCES: permission denied, open /x'), {
  code: 'EACCES',
  syscall: 'open',
});
const ours = new TypeError('x is not a function');

describe('failureOf', () => {
  const cases: [what: string, error: unknown, failure: Failure][] = [
    ['help that was asked for', new CommanderError(0, 'commander.help', ''), { exitCode: 0 }],
    ['a command written wrongly', new CommanderError(1, 'commander.unknownOption', 'x'), { exitCode: 2 }],
    ['Ctrl+C', new DOMException('aborted', 'AbortError'), { exitCode: 130, message: 'Cancelled.' }],
    [
      'Ctrl+C with something left',
      cancelled('It goes on.', new DOMException('aborted', 'AbortError')),
      { exitCode: 130, message: 'Cancelled. It goes on.' },
    ],
    ...[
      missingFolder('/x'),
      new EngineError('modelMissing', sentence`There is no model.`),
      storeError('diskFull', '/x'),
      nothingToRollBack(),
      alreadyRunning(),
      refused,
    ].map((error): [string, unknown, Failure] => [
      error.name,
      error,
      { exitCode: 1, message: error.message },
    ]),
    ['a fault of ours', ours, { exitCode: 1, message: ours.stack! }],
    ['what is no error', 'thrown', { exitCode: 1, message: 'thrown' }],
  ];

  it.each(cases)('ends the process rightly after %s', (_, error, failure) => {
    expect(failureOf(error)).toEqual(failure);
  });
});
