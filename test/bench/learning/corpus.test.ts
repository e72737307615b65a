import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bringPackage, type RunProgram } from '../../../bench/learning/bringPackage.ts';
import {
  developmentPairs,
  folderNameOf,
  isCorpus,
  learningCommand,
  setAsidePairs,
} from '../../../bench/learning/corpus.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('names six pairs to choose by, half of each kind, and two others', () => {
  const clients = developmentPairs.map(({ client }) => client);
  expect(clients.filter((client) => client === 'npm')).toHaveLength(3);
  expect(clients).toHaveLength(6);
  const names = [...developmentPairs, ...setAsidePairs].map(({ name }) => name);
  expect(new Set(names).size).toBe(8);
});

it('prints the command that measures the pairs', () => {
  const command = learningCommand(folderNameOf, [{ client: 'npm', name: '@a/b', old: '1.0', new: '2.0' }]);
  expect(command).toBe('npm run bench:learning -- \\\n  --old a-b-1.0 --new a-b-2.0');
});

it('prints it so that a folder with a space in its name is one', () => {
  const folderOf = (name: string, version: string) => `/my code/${folderNameOf(name, version)}`;
  const command = learningCommand(folderOf, [{ client: 'npm', name: 'a', old: '1', new: '2' }]);
  expect(command).toContain('--old "/my code/a-1" --new "/my code/a-2"');
});

it('knows its pairs by their folders, all of them and no others', () => {
  const folders = developmentPairs.map(({ name, old, new: newer }) => ({
    old: join('/somewhere', folderNameOf(name, old)),
    new: join('/else', folderNameOf(name, newer)),
  }));
  expect(isCorpus(folders.toReversed())).toBe(true);
  expect(isCorpus(folders.slice(1))).toBe(false);
  expect(isCorpus([...folders.slice(1), { old: '/a-1', new: '/a-2' }])).toBe(false);
});

describe('bringPackage', () => {
  /** Clients that leave an archive, and unpackers that leave a file. */
  const clients =
    (archive: string): RunProgram =>
    (program, args, folder) => {
      const isUnpacking = program === 'tar' || args.includes('zipfile');
      writeFileSync(join(folder, isUnpacking ? 'index' : archive), '');
      return Promise.resolve('');
    };

  it.each(['npm', 'pip'] as const)('leaves what was unpacked, without the archive (%s)', async (client) => {
    const folder = join(temporaryFolder(), 'a-1');
    const archive = client === 'npm' ? 'a-1.tgz' : 'a-1-py3-none-any.whl';
    await bringPackage({ client, name: 'a', version: '1' }, folder, clients(archive));
    expect(readdirSync(folder)).toEqual(['index']);
  });

  it('leaves no folder and says why when a client fails', async () => {
    const folder = join(temporaryFolder(), 'a-1');
    const failing: RunProgram = () => Promise.reject(new Error('no such version'));
    await expect(bringPackage({ client: 'npm', name: 'a', version: '1' }, folder, failing)).rejects.toThrow(
      /^a 1 could not be brought by npm: no such version\. /,
    );
    expect(existsSync(folder)).toBe(false);
  });
});
