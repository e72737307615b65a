import { tellFailure } from './failure.ts';
import { makeProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

/*
 * The command line's entry. The first Ctrl+C lets the command end cleanly; nobody listens to a second
 * one, so it ends the process at once.
 */
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
const terminal = processTerminal(interrupted.signal);

try {
  await makeProgram(terminal).parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.includes('--json'), terminal);
}
