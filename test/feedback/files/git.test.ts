import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { askGit } from '../../../src/feedback/files/git.ts';
import { readProjectFiles } from '../../../src/feedback/files/projectFiles.ts';
import { readOwnLines } from '../../../src/trainer/data/ownLines.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const signature = ['-----BEGIN PGP SIGNATURE-----', '', 'x', '-----END PGP SIGNATURE-----'];

/** A repository with a program in it that says in `ran` what it was run for, and whose newest commit is signed. */
function repositoryWithProgram() {
  const folder = temporaryFolder();
  // In a hook, git's own variables name another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const git = (args: string[], input = '') =>
    execFileSync('git', ['-C', folder, ...args], { env, input, encoding: 'utf8' }).trim();
  git(['init', '--quiet']);
  git(['config', 'user.email', 'me@example.org']);
  git(['config', 'user.name', 'Me']);
  writeFileSync(join(folder, 'a.ts'), 'a;\n');
  writeFileSync(join(folder, '.gitattributes'), '*.ts diff=own\n');
  git(['add', 'a.ts', '.gitattributes']);
  git(['-c', 'commit.gpgSign=false', 'commit', '--quiet', '-m', 'first']);
  const [head, message] = git(['cat-file', 'commit', 'HEAD']).split('\n\n');
  const signed = `${head}\ngpgsig ${signature.join('\n ')}\n\n${message}\n`;
  git(['update-ref', 'HEAD', git(['hash-object', '-t', 'commit', '-w', '--stdin'], signed)]);
  const program = join(folder, 'program.sh');
  writeFileSync(program, '#!/bin/sh\necho "$@" >> "$(dirname "$0")/ran"\n');
  chmodSync(program, 0o755);
  return { folder, git, program: program.replaceAll('\\', '/'), ran: join(folder, 'ran') };
}

const settings = ['core.fsmonitor', 'diff.own.textconv', 'gpg.program'];

it('runs no program that the settings of a repository name', async () => {
  const { folder, git, program, ran } = repositoryWithProgram();
  git(['config', 'log.showSignature', 'true']);
  for (const name of settings) git(['config', name, program]);
  appendFileSync(join(folder, 'a.ts'), 'b;\n');
  expect(await readProjectFiles(folder, { mayAskGit: true })).toMatchObject([{ path: 'a.ts' }]);
  const own = await readOwnLines(folder, ['a.ts']);
  expect(own.get('a.ts')).toEqual([expect.any(Number), expect.any(Number)]);
  expect(existsSync(ran)).toBe(false);
});

it('fetches nothing that a partial clone left out, by whatever program its settings name', async () => {
  const { folder, git, program, ran } = repositoryWithProgram();
  git(['config', 'uploadpack.allowFilter', 'true']);
  const clone = temporaryFolder();
  git(['clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${folder}`, clone]);
  git(['-C', clone, 'config', 'remote.origin.uploadpack', program]);
  await expect(askGit(clone, ['blame', 'HEAD', '--', 'a.ts'])).rejects.toThrow('not allowed');
  expect(existsSync(ran)).toBe(false);
});
