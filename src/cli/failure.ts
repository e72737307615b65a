import { CommanderError } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { isAbort } from '../engine/invariant.ts';
import { StoreError } from '../feedback/errors.ts';
import { ProcessError } from '../process/errors.ts';
import { TrainerError } from '../trainer/errors.ts';
import { CliError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** How a command that failed ends. */
export interface Failure {
  readonly exitCode: number;
  /** For a program: the reason that our errors have, or `misused`, `cancelled`, `refused` by the system, `internal`. */
  readonly reason: string;
  /** Absent when the user was told already. */
  readonly message?: string;
}

const ours = [CliError, EngineError, ProcessError, StoreError, TrainerError] as const;

const failedCode = 1;
const misusedCode = 2;
/** What shells give for a process that Ctrl+C ended: 128 and the number of the signal. */
const cancelledCode = 130;

/** How a command ends with an error: those that say what to do in a sentence, all others, which are our faults, with their stack. */
export function failureOf(error: unknown): Failure {
  // Help that was asked for ends with 0.
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? 0 : misusedCode, reason: 'misused' };
  if (isAbort(error)) return { exitCode: cancelledCode, reason: 'cancelled', message: 'Cancelled.' };
  const failure = { reason: reasonOf(error), message: reportOf(error) };
  if (CliError.is(error, 'cancelled')) return { exitCode: cancelledCode, ...failure };
  const isMisused = CliError.is(error, 'badOptions') || CliError.is(error, 'badCursor');
  return { exitCode: isMisused ? misusedCode : failedCode, ...failure };
}

/**
 * Tells how a command failed, and gives its exit code. Where JSON was asked for, standard output is one value then too:
 * `{ "error": { "reason", "message" } }`.
 */
export function tellFailure(
  error: unknown,
  isJson: boolean,
  { print, tell }: Pick<Terminal, 'print' | 'tell'>,
): number {
  const { exitCode, reason, message } = failureOf(error);
  if (message !== undefined) tell(message);
  const said = message ?? (error instanceof Error ? error.message : '');
  if (isJson && exitCode !== 0) print(JSON.stringify({ error: { reason, message: said } }, undefined, 2));
  return exitCode;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'internal';
  if (isOurs(error)) return error.reason;
  return isSystemError(error) ? 'refused' : 'internal';
}

function reportOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isForTheUser(error) ? error.message : (error.stack ?? error.message);
}

function isForTheUser(error: Error): boolean {
  return isOurs(error) || isSystemError(error);
}

function isOurs(error: Error): error is (typeof ours)[number]['prototype'] {
  return ours.some((kind) => error instanceof kind);
}

/** What the operating system refused names the file and the reason, such as a folder without permission. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error;
}
