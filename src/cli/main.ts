import { tellFailure } from './failure.ts';
import { makeProgram } from './program.ts';
import { interruptibleTerminal } from './terminal.ts';

/* The command line's entry. The first Ctrl+C lets the command end cleanly. */
const terminal = interruptibleTerminal();

try {
  await makeProgram(terminal).parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.includes('--json'), terminal);
}
