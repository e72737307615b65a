import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bringNpmPackages, isInstalled } from '../../scripts/setup/npmPackages.mjs';
import { temporaryFolder } from '../support/temporaryFolder.ts';

afterEach(() => void vi.unstubAllEnvs());

const lock = {
  '': { name: 'attune' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-mac': { version: '2.0.0', optional: true },
};

describe('node_modules is as locked', () => {
  it.each([
    ['with every package in its version', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['not when it is empty', {}, false],
    ['not with another version', { 'node_modules/a': { version: '1.0.1' } }, false],
    [
      'not with another version of an optional package',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/for-mac': { version: '1.0.0' } },
      false,
    ],
  ])('%s', (_, installed, expected) => {
    expect(isInstalled(lock, installed)).toBe(expected);
  });
});

it('installs anew what npm lists as installed and is gone, all of it whatever NODE_ENV says', async () => {
  const folder = temporaryFolder();
  const npm = join(folder, 'npm-cli.js');
  writeFileSync(npm, "require('node:fs').writeFileSync('asked', process.argv.join(' '))");
  vi.stubEnv('npm_execpath', npm);
  for (const list of ['package-lock.json', join('node_modules', '.package-lock.json')]) {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    writeFileSync(join(folder, list), JSON.stringify({ packages: lock }));
  }
  await bringNpmPackages(folder);
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain(' ci --include=dev ');
});
