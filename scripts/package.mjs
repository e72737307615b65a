/**
 * `npm run package -- --target TARGET`: makes artifacts/attune-TARGET-VERSION.vsix, the extension for
 * one system such as linux-x64, or with the target npm artifacts/attune-npm-VERSION.tgz, the command
 * line. --target may be repeated; `all` stands for every one of them, and without it comes this
 * machine's.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeTarball, makeVsix, megabytes } from './package/archive.mjs';
import { stageCommandLine, stageExtension } from './package/stage.mjs';
import { npmTarget, servedTargets } from './package/targets.mjs';
import { projectFolder } from './setup/folders.mjs';
import { SetupError } from './setup/setupError.mjs';

const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
const artifacts = join(projectFolder, 'artifacts');

try {
  for (const target of wantedTargets()) await makePackage(target);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

function wantedTargets() {
  const { target = [`${process.platform}-${process.arch}`] } = parseOptions();
  const all = [...servedTargets(join(projectFolder, 'node_modules', 'onnxruntime-node')), npmTarget];
  return target.includes('all') ? all : target;
}

function parseOptions() {
  try {
    return parseArgs({ options: { target: { type: 'string', multiple: true } } }).values;
  } catch ({ message }) {
    throw new SetupError(`${message}.`, 'Write it so: npm run package -- --target linux-x64');
  }
}

async function makePackage(target) {
  const folder = join(artifacts, 'package', target);
  const isNpm = target === npmTarget;
  const name = `attune-${target}-${version}.${isNpm ? 'tgz' : 'vsix'}`;
  const file = join(artifacts, name);
  if (isNpm) stageCommandLine(folder);
  else stageExtension(folder, target);
  const lines = isNpm ? await makeTarball(folder, file) : await makeVsix(folder, target, file);
  const size = megabytes(statSync(file).size);
  process.stdout.write([`artifacts/${name}: ${size}`, ...(lines ?? []), ''].join('\n'));
}
