import { hasCode } from '../engine/files.ts';
import { tellFailure } from './failure.ts';
import { makeProgram } from './program.ts';
import { interruptibleTerminal } from './terminal.ts';

/* The command line's entry. The first Ctrl+C lets the command end cleanly. */
const terminal = interruptibleTerminal();

// A result that got lost, as on a full disk, is a failure. Whoever stops reading, as `head` does, has what they want.
process.stdout.on('error', (error) => {
  if (!hasCode(error, 'EPIPE')) process.exitCode = tellFailure(error, false, terminal);
});

try {
  await makeProgram(terminal).parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.includes('--json'), terminal);
}
