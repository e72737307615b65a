/**
 * `npm run golden SCRIPT [-- ARGUMENT...]`: runs test/golden/SCRIPT.py, which makes or checks golden
 * values with PyTorch, in a Python environment of its own; without a script, lists them.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInTerminal } from './setup/command.mjs';
import { projectFolder } from './setup/folders.mjs';
import { bringGoldenPython } from './setup/python.mjs';

const folder = join(projectFolder, 'test', 'golden');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => name.slice(0, -3));
const [wanted, ...args] = process.argv.slice(2);
if (names.includes(wanted)) {
  const python = await bringGoldenPython();
  process.exitCode = await runInTerminal(python, [join(folder, `${wanted}.py`), ...args], {
    cwd: projectFolder,
  });
} else {
  process.stdout.write(`Scripts: ${names.join(', ') || 'none yet'}. Run one: npm run golden SCRIPT\n`);
  process.exitCode = wanted === undefined ? 0 : 1;
}
