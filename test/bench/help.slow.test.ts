import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const projectFolder = join(import.meta.dirname, '..', '..');
const programs = ['bench/learning/bringCorpus.ts', ...globSync('bench/*.bench.ts', { cwd: projectFolder })];

it.each(programs)('%s tells what it takes', (program) => {
  const args = [join(projectFolder, program), '--help'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, expect.stringMatching(/^Usage: bench/), '']);
});
