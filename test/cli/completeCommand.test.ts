import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { promoteRandomAdapter } from '../process/tinyServing.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';

function writeFile(text: string): string {
  const path = join(temporaryFolder(), 'a.ts');
  writeFileSync(path, text);
  return path;
}

/** Asks a tiny model, whose random weights write random bytes. */
async function complete(model: string, place: string, ...options: string[]) {
  const ran = await attune(['complete', place, '--model', model, '--threads', '1', ...options]);
  return { ...ran, said: ran.printed + ran.told };
}

describe('complete', () => {
  it('prints what the model writes there, or says why that is nothing', async () => {
    const file = writeFile('const a = \nconst b = \n');
    const model = await writeTinyModelFolder();
    const { said, error } = await complete(model, `${file}:1:11`);
    expect(error).toBeUndefined();
    expect(said).not.toBe('');
    expect((await complete(model, `${file}:1:11`)).said).toBe(said);
  });

  it('says what a model without fill-in-the-middle did not see, where there is something to see', async () => {
    const model = await writeTinyModelFolder();
    const told = async (text: string) => (await complete(model, `${writeFile(text)}:1:11`)).told;
    expect(await told('const a = \nconst b = \n')).toMatch(/it saw only what stands before the cursor/);
    expect(await told('const a = \n')).not.toMatch(/fill in the middle/);
  });

  it('asks the adapter that serves', async () => {
    const file = writeFile('const a = \n');
    const model = await writeTinyModelFolder();
    const data = temporaryFolder();
    const place = `${file}:1:11`;
    const base = await complete(model, place, '--data', data);
    expect(base.said).toBe((await complete(model, place)).said);
    await promoteRandomAdapter({ adaptersFolder: join(data, 'adapters'), model }, 'one');
    expect((await complete(model, place, '--data', data)).said).not.toBe(base.said);
  });

  it('says so when the adapter that serves cannot be used, and asks the base model', async () => {
    const file = writeFile('const a = \n');
    const model = await writeTinyModelFolder();
    const data = temporaryFolder();
    mkdirSync(join(data, 'adapters'));
    writeFileSync(join(data, 'adapters', 'active.json'), '{');
    const { told, printed, error } = await complete(model, `${file}:1:11`, '--data', data);
    expect(told).toContain('active.json cannot be read, so the base model serves.');
    expect(error).toBeUndefined();
    expect(told + printed).toContain((await complete(model, `${file}:1:11`)).said);
  });

  it('shows the model as much of the file as an option says', async () => {
    const file = writeFile(`${'let value = 1;\n'.repeat(100)}const a = \n`);
    const model = await writeTinyModelFolder();
    const promptTokens = async (...options: string[]) => {
      const { printed } = await complete(model, `${file}:101:11`, '--json', ...options);
      const { written } = JSON.parse(printed) as { written?: { promptTokens: number[] } };
      return written?.promptTokens.length;
    };
    expect(await promptTokens()).toBeGreaterThan(400);
    expect(await promptTokens('--max-prompt-tokens', '64')).toBeLessThanOrEqual(64);
    expect(await promptTokens('--max-prompt-tokens', '1024')).toBeGreaterThan(800);
  });

  it('says why it offers nothing inside of a word', async () => {
    const { printed, told } = await complete(await writeTinyModelFolder(), `${writeFile('console\n')}:1:4`);
    expect([printed, told]).toEqual([
      '',
      'Nothing to offer: the cursor stands inside a word, or before other text on its line.',
    ]);
  });

  const refusals: [what: string, args: (file: string) => string[], message: RegExp][] = [
    ['a place that is none', () => ['here'], /^'here' is no place in a file\./],
    ['a file that is not there', () => ['none.ts:1:1'], /^There is no file none\.ts\./],
    ['a line that is not there', (file) => [`${file}:9:1`], /has no line 9: its last is 2\.$/],
    ['a column that is not there', (file) => [`${file}:1:99`], /has no column 99: it ends at 3\.$/],
    ['a data folder that is not there', (file) => [`${file}:1:1`, '--data', '/none'], /^There is no folder /],
    [
      'a model that is not there',
      (file) => [`${file}:1:1`, '--model', 'none'],
      /^There is no model 'none'\./,
    ],
  ];

  it.each(refusals)('refuses %s in one sentence', async (_, args, message) => {
    const { error } = await attune(['complete', ...args(writeFile('ab\n'))]);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
  });
});
