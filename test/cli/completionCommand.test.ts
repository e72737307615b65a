import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { attune } from './attune.ts';

/** How each shell says what it offers for the last word of a command line, once it has read a script. */
const asking: Readonly<Record<string, (script: string, words: readonly string[]) => readonly string[]>> = {
  bash: (script, words) => ['bash', '--norc', '-c', `${script}\n${askFunction(words)}`],
  // As `bashcompinit` calls what is written for bash.
  zsh: (script, words) => ['zsh', '-f', '-c', `${script}\nemulate sh\n${askFunction(words)}`],
  fish: (script, words) => [
    ...['fish', '--no-config', '-c', `${script}\ncomplete -C '${['attune', ...words].join(' ')}'`],
  ],
};

function askFunction(words: readonly string[]): string {
  const line = ['attune', ...words].map((word) => `'${word}'`).join(' ');
  return `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _attune; printf '%s\\n' "\${COMPREPLY[@]}"`;
}

async function offered(shell: string, words: readonly string[]): Promise<string[]> {
  const { printed } = await attune(['completion', shell]);
  const [program, ...args] = asking[shell]!(printed, words);
  const { stdout } = spawnSync(program!, args, { encoding: 'utf8' });
  // fish tells what each is, behind a tab; zsh itself leaves out what begins otherwise.
  const found = stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  return shell === 'zsh' ? found.filter((word) => word.startsWith(words.at(-1)!)) : found;
}

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

describe.each(Object.keys(asking))('%s', (shell) => {
  it.skipIf(process.platform === 'win32' || !isThere(shell)).each([
    ['the commands', ['comp'], ['complete', 'completion']],
    ['the commands of a command', ['adapters', 'ro'], ['roll-back']],
    ['options where they belong', ['adapters', 'roll-back', '--da'], ['--data']],
    ['options behind others', ['retrain', '--data', 'models', '--me'], ['--method']],
    ['what an option may be', ['retrain', '--method', 'd'], ['dpo']],
    ['what an option may be at one command', ['adapters', 'export', 'a', 'b', '--format', 'p'], ['peft']],
    ['what it may be at another', ['feedback', 'export', 'a', '--format', 'r'], ['records']],
    ['nothing that an option may be elsewhere alone', ['retrain', '--method', 's'], []],
    [
      'commands behind an option whose value is named like one',
      ['feedback', '--data', 'export', 'im'],
      ['import'],
    ],
    ["no command of one that is an option's value", ['retrain', '--data', 'adapters', 'roll-'], []],
    ['what an argument may be', ['completion', 'z'], ['zsh']],
    ['no argument twice', ['completion', 'bash', 'z'], []],
  ])('completes %s', async (_, words, expected) => {
    expect(await offered(shell, words)).toEqual(expected);
  });
});

it.skipIf(process.platform === 'win32').each([
  ['what the option may be', ['retrain', '--method', '=', 'd'], ['dpo']],
  ['all that it may be', ['retrain', '--method', '='], ['ppo', 'dpo', 'kto']],
  ['commands behind its value', ['feedback', '--data', '=', 'export', 'im'], ['import']],
])('completes for bash, to which “=” is a word, %s', async (_, words, expected) => {
  expect(await offered('bash', words)).toEqual(expected);
});

it.skipIf(process.platform === 'win32')('offers nothing of its own where files are meant', async () => {
  expect(await offered('bash', ['complete', 'src'])).toEqual([]);
  expect(await offered('bash', ['retrain', '--data', 'r'])).toEqual([]);
  expect(await offered('bash', ['feedback', '--data', 'ex'])).toEqual([]);
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
