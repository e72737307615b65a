import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { entriesOf, makeVsix } from '../../scripts/package/archive.mjs';
import { filesList, stageDocuments } from '../../scripts/package/stage.mjs';
import { projectFolder } from '../../scripts/setup/folders.mjs';
import { temporaryFolder } from '../support/temporaryFolder.ts';

afterEach(() => void vi.unstubAllEnvs());

it('a package can be made by a workflow, where the pictures of the README are shown from the repository', async () => {
  vi.stubEnv('GITHUB_SERVER_URL', 'https://github.com');
  vi.stubEnv('GITHUB_REPOSITORY', 'someone/attune');
  const folder = temporaryFolder();
  const staged = join(folder, 'staged');
  stageDocuments(staged);
  mkdirSync(join(staged, 'dist'));
  writeFileSync(join(staged, filesList), '[]');
  const { name, version, publisher, engines } = JSON.parse(
    readFileSync(join(projectFolder, 'package.json'), 'utf8'),
  );
  const repository = { type: 'git', url: 'https://github.com/someone/attune.git' };
  const manifest = { name, version, publisher, engines, repository };
  writeFileSync(join(staged, 'package.json'), JSON.stringify(manifest));
  await makeVsix(staged, 'linux-x64', join(folder, 'attune.vsix'));
  const names = (await entriesOf(join(folder, 'attune.vsix'))).map((entry) => entry.name);
  expect(names).toContain('extension/readme.md');
  expect(readFileSync(join(staged, 'README.md'), 'utf8')).toContain('](docs/pictures/attune.gif)');
});
