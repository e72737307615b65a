import { CommanderError } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { isAbort } from '../engine/invariant.ts';
import { StoreError } from '../feedback/errors.ts';
import { ProcessError } from '../process/errors.ts';
import { TrainerError } from '../trainer/errors.ts';
import { CliError } from './errors.ts';

/** How a command that failed ends. */
export interface Failure {
  readonly exitCode: number;
  /** Absent when the user was told already. */
  readonly message?: string;
}

const failedCode = 1;
const misusedCode = 2;
/** What shells give for a process that Ctrl+C ended: 128 and the number of the signal. */
const cancelledCode = 130;

/** How a command ends with an error: those that say what to do in a sentence, all others, which are our faults, with their stack. */
export function failureOf(error: unknown): Failure {
  // Help that was asked for ends with 0.
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : misusedCode };
  if (isAbort(error)) return { exitCode: cancelledCode, message: 'Cancelled.' };
  if (CliError.is(error, 'cancelled')) return { exitCode: cancelledCode, message: error.message };
  const isMisused = CliError.is(error, 'badOptions') || CliError.is(error, 'badCursor');
  return { exitCode: isMisused ? misusedCode : failedCode, message: messageOf(error) };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isForTheUser(error) ? error.message : (error.stack ?? error.message);
}

function isForTheUser(error: Error): boolean {
  const kinds = [CliError, EngineError, ProcessError, StoreError, TrainerError];
  return kinds.some((kind) => error instanceof kind) || isSystemError(error);
}

/** What the operating system refused names the file and the reason, such as a folder without permission. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error;
}
