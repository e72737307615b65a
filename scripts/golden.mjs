/**
 * `npm run golden SCRIPT [-- ARGUMENT...]`: runs test/golden/SCRIPT.py, which makes or checks golden
 * values with PyTorch, in a Python environment of its own; without a script, lists them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, runInTerminal } from './setup/command.mjs';
import { makeFolderOnce, projectFolder, toolchainFolder } from './setup/folders.mjs';
import { withProgress } from './setup/progress.mjs';

const folder = join(projectFolder, 'test', 'golden');
const requirements = join(folder, 'requirements.txt');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => name.slice(0, -3));
const [wanted, ...args] = process.argv.slice(2);
if (names.includes(wanted)) {
  const python = await bringPython();
  process.exitCode = await runInTerminal(python, [join(folder, `${wanted}.py`), ...args], {
    cwd: projectFolder,
  });
} else {
  process.stdout.write(`Scripts: ${names.join(', ') || 'none yet'}. Run one: npm run golden SCRIPT\n`);
  process.exitCode = wanted === undefined ? 0 : 1;
}

/** A Python with exactly the packages of requirements.txt; another list gives another environment. */
async function bringPython() {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const environment = toolchainFolder(`golden-python-${hash}`);
  const python = join(environment, 'bin', 'python');
  if (!existsSync(python)) await withProgress('PyTorch', () => makeFolderOnce(environment, install));
  return python;
}

async function install(partial) {
  await outputOf('Making a Python environment', 'python3', ['-m', 'venv', partial]);
  const pip = ['-m', 'pip', 'install', '--quiet', '-r', requirements];
  await outputOf('Installing PyTorch', join(partial, 'bin', 'python'), pip);
}
