import { Option } from 'commander';
import type { Terminal } from './terminal.ts';

/** What a command came to: as text for a person, and as a value for a program. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
}

/** What every command may be asked for. */
export interface AnswerOptions {
  readonly json?: boolean;
}

/** `--json`: the answer as one JSON value, or what went wrong as one (`tellFailure`). */
export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON');
}

/** Prints an answer in the form that was asked for. */
export function giveAnswer(
  { print }: Terminal,
  { json: isJson }: AnswerOptions,
  { text, json }: Answer,
): void {
  print(isJson === true ? JSON.stringify(json, undefined, 2) : text);
}
