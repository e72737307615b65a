import { fstatSync, statSync } from 'node:fs';
import { Option } from 'commander';
import type { Terminal } from './terminal.ts';

/** What a command came to: as text for a person, and as a value for a program. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
  /** Where the result itself was written. Absent: nowhere else. */
  readonly file?: string;
}

/** What every command may be asked for. */
export interface AnswerOptions {
  readonly json?: boolean;
}

/** `--json`: the answer as one JSON value, or what went wrong as one (`tellFailure`). */
export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON');
}

/** Prints an answer in the form that was asked for, beside a result that went to standard output itself. */
export function giveAnswer(
  { print, tell }: Pick<Terminal, 'print' | 'tell'>,
  { json: isJson }: AnswerOptions,
  { text, json, file }: Answer,
): void {
  const say = file !== undefined && isStandardOutput(file) ? tell : print;
  say(isJson === true ? JSON.stringify(json, undefined, 2) : text);
}

function isStandardOutput(path: string): boolean {
  const [file, output] = [statSync(path, { throwIfNoEntry: false }), fstatSync(process.stdout.fd)];
  return file?.dev === output.dev && file.ino === output.ino;
}
