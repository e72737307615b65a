import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOwnLines } from '../../../src/trainer/data/ownLines.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** A repository in which `me` works, with commits of several people. */
function repository({ email = 'me@example.org' } = {}) {
  const folder = temporaryFolder();
  // In a hook, git's own variables name another repository.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const git = (args: string[], env = {}) =>
    execFileSync('git', ['-C', folder, ...args], { env: { ...Object.fromEntries(own), ...env } });
  git(['init', '--quiet']);
  git(['config', 'user.email', email]);
  git(['config', 'user.name', 'Somebody']);
  git(['config', 'commit.gpgSign', 'false']);
  const commit = (mail: string, atSeconds: number, path: string, text: string): void => {
    appendFileSync(join(folder, path), text);
    git(['add', '--', path]);
    const date = `@${atSeconds} +0000`;
    git(['commit', '--quiet', '-m', 'more'], {
      ...{
        GIT_AUTHOR_EMAIL: mail,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_EMAIL: mail,
        GIT_COMMITTER_DATE: date,
      },
    });
  };
  return { folder, commit };
}

const me = 'me@example.org';

it('knows of each line whether the user wrote it, and when', async () => {
  const { folder, commit } = repository();
  commit(me, 1000, 'a b.ts', 'one;\n');
  commit('other@example.org', 2000, 'a b.ts', 'two;\n');
  commit(me, 3000, 'a b.ts', 'three;\nfour;\n');
  const own = await readOwnLines(folder, ['a b.ts']);
  expect(own.get('a b.ts')).toEqual([1_000_000, null, 3_000_000, 3_000_000]);
});

it('takes what is not committed yet for the user’s, as of now', async () => {
  const { folder, commit } = repository();
  commit(me, 1000, 'a.ts', 'one;\n');
  appendFileSync(join(folder, 'a.ts'), 'two;\n');
  const [first, second] = (await readOwnLines(folder, ['a.ts'])).get('a.ts')!;
  expect(first).toBe(1_000_000);
  expect(second).toBeGreaterThan(Date.now() - 60_000);
});

it('asks for nobody whose address only ends like the user’s, nor for files that are not learned from', async () => {
  const { folder, commit } = repository();
  commit('not-me@example.org', 1000, 'a.ts', 'one;\n');
  commit(me, 2000, 'b.ts', 'one;\n');
  expect([...(await readOwnLines(folder, ['a.ts'])).keys()]).toEqual([]);
});

it('knows nothing where there is no repository, or no address', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.ts'), 'one;\n');
  expect((await readOwnLines(folder, ['a.ts'])).size).toBe(0);
  const { folder: nobodys, commit } = repository({ email: ' ' });
  commit(me, 1000, 'a.ts', 'one;\n');
  expect((await readOwnLines(nobodys, ['a.ts'])).size).toBe(0);
});
