import { hasCode } from '../engine/files.ts';
import { tellFailure } from './failure.ts';
import { makeProgram } from './program.ts';
import { interruptibleTerminal } from './terminal.ts';

/* The command line's entry. The first Ctrl+C lets the command end cleanly. */
const terminal = interruptibleTerminal();

// A result that got lost, as on a full disk, is a failure. Whoever stops reading, as `head` does, has what they want.
const fail = (error: unknown, isJson: boolean): void => {
  if (!hasCode(error, 'EPIPE')) process.exitCode = tellFailure(error, isJson, terminal);
};

process.stdout.on('error', (error) => fail(error, false));

try {
  await makeProgram(terminal).parseAsync();
} catch (error) {
  fail(error, process.argv.includes('--json'));
}
