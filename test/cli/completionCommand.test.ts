import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { attune } from './attune.ts';

/** What bash offers for the last word of a command line. */
async function offered(...words: string[]): Promise<string[]> {
  const { printed } = await attune(['completion', 'bash']);
  const line = ['attune', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _attune; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync('bash', ['-c', `${printed}\n${ask}`], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}

describe.skipIf(process.platform === 'win32')('bash', () => {
  it.each([
    ['the commands', ['comp'], ['complete', 'completion']],
    ['the commands of a command', ['adapters', 'ro'], ['roll-back']],
    ['options where they belong', ['adapters', 'roll-back', '--da'], ['--data']],
    ['options behind others', ['retrain', '--data', 'models', '--me'], ['--method']],
    ['what an option may be', ['retrain', '--method', 'd'], ['dpo']],
    ['nothing of its own where files are meant', ['complete', 'src'], []],
  ])('completes %s', async (_, words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
});

it.each(['bash', 'zsh', 'fish'])('the script for %s knows every command', async (shell) => {
  const { printed } = await attune(['completion', shell]);
  for (const word of ['demo', 'complete', 'retrain', 'roll-back', 'fetch', 'completion'])
    expect(printed).toContain(word);
});

it('refuses a shell that it does not know', async () => {
  const { told, error } = await attune(['completion', 'csh']);
  expect(told).toContain('Allowed choices are bash, zsh, fish.');
  expect(error).toMatchObject({ exitCode: 1 });
});
