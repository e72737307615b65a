import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWork, requireHeldOutWork } from '../../../src/cli/replay/work.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { askedAt, demonstration, recordsOf } from '../../trainer/feedbackRecords.ts';

/** Folders by name, each with files of those texts. */
function foldersWith(projects: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const root = temporaryFolder();
  for (const [name, files] of Object.entries(projects)) {
    mkdirSync(join(root, name));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name, path)), { recursive: true });
      writeFileSync(join(root, name, path), text);
    }
  }
  return root;
}

describe('readWork', () => {
  it('takes the newer half of a project', async () => {
    const root = foldersWith({ shop: { 'a.ts': 'a\n' } });
    expect(await readWork({ project: join(root, 'shop') })).toMatchObject({
      name: 'shop',
      folder: join(root, 'shop'),
      documents: [{ path: 'a.ts', before: '' }],
    });
  });

  it('takes what changed between two versions', async () => {
    const root = foldersWith({ v1: { 'a.ts': 'a\n' }, v2: { 'a.ts': 'a\nb\n' } });
    const options = { project: 'unused', old: join(root, 'v1'), new: join(root, 'v2') };
    expect(await readWork(options)).toMatchObject({
      name: 'v1 to v2',
      folder: resolve('/replayed'),
      documents: [{ path: 'a.ts', before: 'a\n', regions: [{ typedText: 'b\n' }] }],
    });
  });

  it('takes what a build made where a version was published with nothing else, and never what others wrote', async () => {
    const files = (text: string) => ({
      'dist/a.js': text,
      'vendor/b.js': text,
      'dist/node_modules/c.js': text,
    });
    const root = foldersWith({
      v1: files('a\n'),
      v2: files('a\nb\n'),
      v3: { ...files('a\nb\n'), 'd.js': 'd\n' },
    });
    const changed = async (newer: string) => {
      const { documents } = await readWork({
        project: 'unused',
        old: join(root, 'v1'),
        new: join(root, newer),
      });
      return documents.map(({ path }) => path);
    };
    expect(await changed('v2')).toEqual(['dist/a.js']);
    expect(await changed('v3')).toEqual(['d.js']);
  });

  const projects = { empty: {}, code: { 'a.ts': 'a\n' }, notes: { 'a.txt': 'a\n' } };
  const refusals: [
    what: string,
    options: { project?: string; old?: string; new?: string },
    message: RegExp,
  ][] = [
    ['a folder that is not there', { project: 'nowhere' }, /^There is no folder \S+nowhere\. /],
    [
      'a file in place of a folder',
      { project: 'code/a.ts' },
      /a\.ts is a file\. Name a folder in its place\.$/,
    ],
    ['an empty project', { project: 'empty' }, /^There is no source file in \S+empty\. /],
    ['a project without source files', { project: 'notes' }, /^There is no source file in \S+notes\. /],
    ['an older version alone', { old: 'code' }, /--old and --new belong together/],
    ['a newer version alone', { new: 'code' }, /--old and --new belong together/],
    ['an older version that is not there', { old: 'nowhere', new: 'code' }, /^There is no folder /],
    ['a newer version without source files', { old: 'code', new: 'empty' }, /^There is no source file /],
    ['two equal versions', { old: 'code', new: 'code' }, /^Nothing was typed between /],
  ];

  it.each(refusals)('refuses %s in one sentence that says what to do', async (_, options, message) => {
    const root = foldersWith(projects);
    const inRoot = Object.entries({ project: '.', ...options }).map(([name, path]) => [
      name,
      join(root, path),
    ]);
    const reading = readWork(Object.fromEntries(inRoot) as { project: string });
    await expect(reading).rejects.toMatchObject({
      name: 'CliError',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('requireHeldOutWork', () => {
  const recordsWith = (count: number) => ({
    ...recordsOf({
      demonstrations: Array.from({ length: count }, (_, i) =>
        demonstration(askedAt(`a${i} = █`, i), `text number ${i};`),
      ),
    }),
    notStored: () => ({}),
  });
  const work = { name: 'shop', typedLines: 3, asked: 2 };

  it.each([0, 1])('refuses work of %i examples, since none of them can be held out', (count) => {
    expect(() => requireHeldOutWork(recordsWith(count), 0.25, work)).toThrow(
      /^shop is too small .*: 3 lines were typed and the policy was asked 2 times\. .*--max-lines/,
    );
  });

  it('is content when some is held out and some is left to learn from', () => {
    expect(() => requireHeldOutWork(recordsWith(4), 0.25, work)).not.toThrow();
  });
});
