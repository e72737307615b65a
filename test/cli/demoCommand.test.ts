import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { attune } from './attune.ts';

/** A folder with a project of some files, and one with nothing to replay. */
function twoProjects(text: string) {
  const root = temporaryFolder();
  const [project, empty] = [join(root, 'shop'), join(root, 'empty')];
  mkdirSync(project);
  mkdirSync(empty);
  writeFileSync(join(project, 'a.ts'), text);
  return { project, empty };
}

describe('demo', () => {
  it.each([
    ['a project without source files', ({ empty }) => ['--project', empty], /^There is no source file in /],
    ['a folder that is not there', () => ['--project', '/none'], /^There is no folder \/none\. /],
    ['an older version alone', ({ empty }) => ['--old', empty], /--old and --new belong together/],
    [
      'a model that there is none of',
      ({ project }) => ['--project', project, '--model', 'gpt-17'],
      /^There is no model 'gpt-17'\. Choose /,
    ],
    [
      'a result file in a folder that is not there',
      ({ project }) => ['--project', project, '--json', '/none/result.json'],
      /^There is no folder \/none\. /,
    ],
  ] satisfies [string, (folders: ReturnType<typeof twoProjects>) => string[], RegExp][])(
    'refuses %s in one sentence that says what to do',
    async (_, options, message) => {
      const { error } = await attune(['demo', ...options(twoProjects('const a = 1;\n'))]);
      expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
    },
  );

  it('refuses a project so small that nothing can be held out', async () => {
    const { project } = twoProjects('a\n');
    const model = await writeTinyModelFolder();
    const options = ['--project', project, '--model', model, '--data', temporaryFolder()];
    const { error, told, finished } = await attune(['demo', ...options]);
    expect(told).toContain(`Replaying shop with ${model}.`);
    expect(error).toMatchObject({
      reason: 'tooLittleWork',
      message: expect.stringMatching(/^shop is too small .*: 1 lines were typed /) as string,
    });
    expect(finished).toContain('writing');
  });

  it.each(['.gitignore', '.attuneignore'])(
    'says so where all of a project is left out by its %s',
    async (name) => {
      const { project } = twoProjects('const a = price(1, tax);\n'.repeat(20));
      writeFileSync(join(project, name), '*\n');
      const options = [
        '--model',
        await writeTinyModelFolder(),
        '--data',
        temporaryFolder(),
        '--threads',
        '1',
      ];
      const { error } = await attune(['demo', '--project', project, ...options]);
      expect(error).toMatchObject({
        message: expect.stringMatching(
          /^Nothing can be learned from shop where it lies: \.gitignore /,
        ) as string,
      });
    },
  );
});
