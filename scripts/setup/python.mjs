import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from './command.mjs';
import { makeFolderOnce, projectFolder, toolchainFolder } from './folders.mjs';
import { withProgress } from './progress.mjs';

const requirements = join(projectFolder, 'test', 'golden', 'requirements.txt');

/** The Python that was brought, with PyTorch, transformers and PEFT in it; undefined until then. */
export function findGoldenPython() {
  const python = join(environmentFolder(), 'bin', 'python');
  return existsSync(python) ? python : undefined;
}

/** Brings a Python with exactly the packages of requirements.txt and gives its program file. */
export async function bringGoldenPython() {
  if (findGoldenPython() === undefined)
    await withProgress('PyTorch', () => makeFolderOnce(environmentFolder(), install));
  return findGoldenPython();
}

/** Another list of packages gives another environment. */
function environmentFolder() {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return toolchainFolder(`golden-python-${hash}`);
}

async function install(partial) {
  await outputOf('Making a Python environment', 'python3', ['-m', 'venv', partial]);
  const pip = ['-m', 'pip', 'install', '--quiet', '-r', requirements];
  await outputOf('Installing PyTorch', join(partial, 'bin', 'python'), pip);
}
