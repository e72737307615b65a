import { Command } from 'commander';
import { expect, it } from 'vitest';
import { makeProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/cli/terminal.ts';

/** Commands that do something themselves, with the words that lead to them. */
function leaves(command: Command, words: readonly string[] = []): [string, Command][] {
  if (command.commands.length === 0) return [[words.join(' '), command]];
  return command.commands.flatMap((each) => leaves(each, [...words, each.name()]));
}

const program = makeProgram(processTerminal(new AbortController().signal));
// What completion prints is for a shell and nobody else.
const answering = leaves(program).filter(([name]) => name !== 'completion');

it.each(answering)('%s answers in JSON too', (_, command) => {
  expect(command.options.map(({ long }) => long)).toContain('--json');
});
