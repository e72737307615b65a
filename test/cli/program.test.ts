import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import { attune } from './attune.ts';
import { commandsOf } from './programTree.ts';

const commands = commandsOf(makeProgram(processTerminal(new AbortController().signal)));

describe('the command line', () => {
  it.each(commands)('explains %s', async (command) => {
    const { printed, error } = await attune([...command.split(' '), '--help']);
    expect(printed).toMatch(new RegExp(`^Usage: attune ${command}`));
    expect(printed).toMatch(/\n\n[A-Z](?:(?!\n\n)[\s\S])+\.\n\n/);
    expect(error).toMatchObject({ exitCode: 0 });
  });

  it('says in which order a cluster is used, each step a command that there is', async () => {
    const { printed } = await attune(['cluster', '--help']);
    const steps = [...printed.matchAll(/^ {2}attune ([a-z]+ [a-z]+) .*# \d\. /gm)].map(([, step]) => step);
    expect(steps).toEqual([
      ...['cluster export', 'cluster submit', 'cluster status', 'cluster fetch', 'adapters import'],
    ]);
    for (const step of steps) expect(commands).toContain(step);
  });

  it('explains itself when it is given nothing to do', async () => {
    const { told, error } = await attune([]);
    for (const command of commands.filter((name) => !name.includes(' ')))
      expect(told).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(error).toMatchObject({ exitCode: 1 });
  });

  it.each([
    [
      'a command that there is none of',
      ['fedback'],
      /unknown command 'fedback'\n\(Did you mean feedback\?\)/,
    ],
    ['an option that there is none of', ['models', '--all'], /unknown option '--all'/],
    ['an option without its value', ['retrain', '--data'], /option '--data <folder>' argument missing/],
    ['a command without what it needs', ['complete'], /missing required argument 'file:line:column'/],
    ['too many arguments', ['models', 'fetch', 'a', 'b'], /too many arguments/],
    ['a number that is none', ['demo', '--seed', 'x'], /'x' is invalid\. A whole number is needed\./],
    ['no lines at all', ['demo', '--max-lines', '0'], /'0' is invalid\. A number of at least 1/],
  ])('refuses %s with a hint', async (_, args, message) => {
    const { told, printed, error } = await attune(args);
    expect(told).toMatch(message);
    expect(told).toContain('Add --help to see what there is.');
    expect(printed).toBe('');
    expect(error).toMatchObject({ exitCode: 1 });
  });
});
