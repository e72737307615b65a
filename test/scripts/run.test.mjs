import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { capture } from '../../scripts/setup/command.mjs';
import { projectFolder } from '../../scripts/setup/folders.mjs';

const entry = join(projectFolder, 'scripts', 'run.mjs');

it('every npm script says that Node is too old instead of failing on what it cannot read', async () => {
  const old = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'16.20.2'})`;
  const { code, output } = await capture(process.execPath, ['--import', old, entry, 'nothing']);
  expect(code).toBe(1);
  expect(output).toMatch(
    /^\nAttune needs Node\.js 20 or newer, and this is v.*\nInstall a newer one from nodejs\.org/,
  );
  // What it imports is read before any of it runs.
  expect(readFileSync(entry, 'utf8')).not.toMatch(/^import\b/m);
});

it('a script that there is none of is told of, with those that there are', async () => {
  const { code, output } = await capture(process.execPath, [entry, 'dmeo']);
  expect(code).toBe(1);
  expect(output).toMatch(/There is no task 'dmeo'\.\nThere are: .*\bdemo\b/);
});
