import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { cancelled, missingFolder } from '../../src/cli/errors.ts';
import { failureOf, tellFailure, type Failure } from '../../src/cli/failure.ts';
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
    [
      'help that was asked for',
      new CommanderError(0, 'commander.help', ''),
      { exitCode: 0, reason: 'misused' },
    ],
    [
      'a command written wrongly',
      new CommanderError(1, 'commander.unknownOption', 'x'),
      { exitCode: 2, reason: 'misused' },
    ],
    [
      'Ctrl+C',
      new DOMException('aborted', 'AbortError'),
      { exitCode: 130, reason: 'cancelled', message: 'Cancelled.' },
    ],
    [
      'Ctrl+C with something left',
      cancelled('It goes on.', new DOMException('aborted', 'AbortError')),
      { exitCode: 130, reason: 'cancelled', message: 'Cancelled. It goes on.' },
    ],
    ...(
      [
        ['missingFolder', missingFolder('/x')],
        ['modelMissing', new EngineError('modelMissing', sentence`There is no model.`)],
        ['diskFull', storeError('diskFull', '/x')],
        ['nothingToRollBack', nothingToRollBack()],
        ['alreadyRunning', alreadyRunning()],
        ['refused', refused],
      ] as const
    ).map(([reason, error]): [string, unknown, Failure] => [
      error.name,
      error,
      { exitCode: 1, reason, message: error.message },
    ]),
    ['a fault of ours', ours, { exitCode: 1, reason: 'internal', message: ours.stack! }],
    ['what is no error', 'thrown', { exitCode: 1, reason: 'internal', message: 'thrown' }],
  ];

  it.each(cases)('ends the process rightly after %s', (_, error, failure) => {
    expect(failureOf(error)).toEqual(failure);
  });
});

describe('tellFailure', () => {
  const tellAbout = (error: unknown, isJson: boolean) => {
    const [printed, told]: string[][] = [[], []];
    const terminal = {
      print: (text: string) => printed!.push(text),
      tell: (text: string) => told!.push(text),
    };
    return { exitCode: tellFailure(error, isJson, terminal), printed, told };
  };

  it('prints nothing for a person', () => {
    const error = missingFolder('/x');
    expect(tellAbout(error, false)).toEqual({ exitCode: 1, printed: [], told: [error.message] });
  });

  it.each([
    [missingFolder('/x'), 1, 'missingFolder', missingFolder('/x').message],
    [
      new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"),
      2,
      'misused',
      "error: unknown option '--x'",
    ],
    [new DOMException('aborted', 'AbortError'), 130, 'cancelled', 'Cancelled.'],
  ])('prints one JSON value for a program: %s', (error, exitCode, reason, message) => {
    const { printed, ...rest } = tellAbout(error, true);
    expect(rest.exitCode).toBe(exitCode);
    expect(JSON.parse(printed!.join(''))).toEqual({ error: { reason, message } });
  });

  it('prints no failure where help was asked for', () => {
    expect(tellAbout(new CommanderError(0, 'commander.help', ''), true).printed).toEqual([]);
  });
});
