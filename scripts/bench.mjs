/** `npm run bench NAME [-- ARGUMENT...]`: runs bench/NAME.bench.ts; without a name, lists them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInTerminal } from './setup/command.mjs';
import { projectFolder } from './setup/folders.mjs';

const suffix = '.bench.ts';
const folder = join(projectFolder, 'bench');
const names = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length));
const [wanted, ...args] = process.argv.slice(2);
if (names.includes(wanted)) {
  process.exitCode = await runInTerminal(process.execPath, [join(folder, wanted + suffix), ...args]);
} else {
  process.stdout.write(`Benchmarks: ${names.join(', ') || 'none yet'}. Run one: npm run bench NAME\n`);
  process.exitCode = wanted === undefined ? 0 : 1;
}
