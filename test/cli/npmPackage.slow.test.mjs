import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTarball } from '../../scripts/package/archive.mjs';
import { stageCommandLine } from '../../scripts/package/stage.mjs';
import { capture, outputOf } from '../../scripts/setup/command.mjs';
import { projectFolder } from '../../scripts/setup/folders.mjs';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';

/*
 * The command line as whoever installs it from npm has it, away from the checkout. The tarball is
 * unpacked and its dependencies are linked, as npm would do; asking the registry for them takes minutes
 * on a bad day.
 */

const root = mkdtempSync(join(tmpdir(), 'attune-npm-'));
const home = join(root, 'home');
const installed = join(home, 'node_modules', 'attune');
const { name, bin, version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
const launcher = join(installed, bin[name]);

beforeAll(async () => {
  await outputOf('Building', process.execPath, ['scripts/build.mjs'], { cwd: projectFolder });
  stageCommandLine(join(root, 'staged'));
  const tarball = join(root, 'attune.tgz');
  await makeTarball(join(root, 'staged'), tarball);
  mkdirSync(installed, { recursive: true });
  const unpacking = ['-xzf', 'attune.tgz', '--strip-components=1', '-C', installed];
  await outputOf('Unpacking it', 'tar', unpacking, { cwd: root });
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  Object.keys(dependencies).forEach(linkDependency);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function linkDependency(dependency) {
  const link = join(home, 'node_modules', dependency);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(projectFolder, 'node_modules', dependency), link, 'junction');
}

function attune(...args) {
  return capture(process.execPath, [launcher, ...args], { cwd: root });
}

it('begins as a program of the shell does', () => {
  expect(readFileSync(launcher, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

it('says its version', async () => {
  expect(await attune('--version')).toEqual({ code: 0, output: `${version}\n` });
});

it('lists the models for a program', async () => {
  const { code, output } = await attune('models', 'list', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(output).models.map(({ id }) => id)).toContain('smollm2-135m');
});

it('completes', async () => {
  const file = join(root, 'a.ts');
  writeFileSync(file, 'const a = 1;\n');
  const model = await writeTinyModelFolder();
  const { code, output } = await attune('complete', `${file}:1:13`, '--model', model, '--json');
  expect(code).toBe(0);
  // A model of random weights has something to say or not; that it was asked is what counts.
  expect(output).toMatch(/"kind": "(?:completion|none)"/);
});

it('ends with 2 when it is used wrongly', async () => {
  const { code, output } = await attune('complete', 'nowhere');
  expect(code).toBe(2);
  expect(output).toContain('Write it as file:line:column');
});

it('says that Node is too old instead of failing on what it cannot read', async () => {
  // What an old Node says of itself is all that the launcher asks.
  const old = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;
  const { code, output } = await capture(process.execPath, ['--import', old, launcher, '--version']);
  expect(code).toBe(1);
  expect(output).toBe(
    'attune needs Node.js 22.13.0 or newer, and this is 20.20.2. Install a newer one from nodejs.org.\n',
  );
});

it('says that a system is not served instead of failing on a missing file', async () => {
  const elsewhere = `data:text/javascript,Object.defineProperty(process,'arch',{value:'riscv64'})`;
  const { code, output } = await capture(process.execPath, ['--import', elsewhere, launcher, 'models']);
  expect(code).toBe(1);
  expect(output).toMatch(/^Attune cannot run a model here: ONNX Runtime has nothing for \w+-riscv64\. .*\n$/);
});

it('says what the system may lack where ONNX Runtime is there and cannot be loaded', async () => {
  // As Linux says it where a library is missing.
  const why = 'libgone.so.1: cannot open shared object file: No such file or directory';
  const failing = `data:text/javascript,process.dlopen=()=>{throw Object.assign(new Error('${why}'),{code:'ERR_DLOPEN_FAILED'})}`;
  const { code, output } = await capture(process.execPath, ['--import', failing, launcher, 'models']);
  expect(code).toBe(1);
  expect(output).toMatch(
    new RegExp(
      `^ONNX Runtime could not be loaded on [\\w-]+: ${why}\\nInstall Attune again\\. .*glibc.*Visual C\\+\\+`,
    ),
  );
});
