import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from './command.mjs';
import { makeFolderOnce, projectFolder, toolchainFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';

const goldenRequirements = join(projectFolder, 'test', 'golden', 'requirements.txt');
const clusterRequirements = join(projectFolder, 'cluster', 'requirements.txt');

/** The Python that was brought, with PyTorch, transformers and PEFT in it; undefined until then. */
export function findGoldenPython() {
  return findPython(environmentFolder('golden', goldenRequirements));
}

/** Brings a Python with exactly the packages of requirements.txt and gives its program file. */
export function bringGoldenPython() {
  return bringPython('PyTorch', 'golden', goldenRequirements);
}

/**
 * Brings a Python with what a node of a Ray cluster has, and gives its program file: the one that
 * ATTUNE_CLUSTER_PYTHON names, where it does.
 */
export async function bringClusterPython() {
  const own = process.env.ATTUNE_CLUSTER_PYTHON;
  return own ?? bringPython('Ray and TRL', 'cluster', clusterRequirements);
}

async function bringPython(title, name, requirements) {
  const folder = environmentFolder(name, requirements);
  if (findPython(folder) === undefined)
    await withProgress(title, () => makeFolderOnce(folder, (partial) => install(partial, requirements)));
  return findPython(folder);
}

function findPython(folder) {
  const python = join(folder, 'bin', 'python');
  return existsSync(python) ? python : undefined;
}

/** Another list of packages gives another environment. */
function environmentFolder(name, requirements) {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return toolchainFolder(`${name}-python-${hash}`);
}

async function install(partial, requirements) {
  await outputOf('Making a Python environment', 'python3', ['-m', 'venv', partial]);
  const pip = ['-m', 'pip', 'install', '--quiet', '-r', requirements];
  await outputOf('Installing PyTorch', join(partial, 'bin', 'python'), pip);
}
