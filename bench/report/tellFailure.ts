import { failureOf } from '../../src/cli/failure.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** Ends a benchmark as the command line ends a command that failed. */
export function tellFailure(error: unknown, { tell }: Pick<Terminal, 'tell'>): void {
  const { exitCode, message } = failureOf(error);
  process.exitCode = exitCode;
  if (message !== undefined) tell(message);
}
