/**
 * `npm run bench NAME [-- ARGUMENT...]`: brings what bench/NAME.bench.ts needs and runs it; without a
 * name, lists them.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInTerminal } from './setup/command.mjs';
import { projectFolder } from './setup/folders.mjs';
import { bringLlamaCpp } from './setup/llamaCpp.mjs';
import { bringClusterPython, bringGoldenPython } from './setup/python.mjs';
import { SetupError } from './setup/setupError.mjs';

/** What a benchmark compares with or runs in, beside what is there for everything. */
const peers = {
  latency: bringLlamaCpp,
  start: bringLlamaCpp,
  train: bringGoldenPython,
  cluster: async () => {
    process.env.ATTUNE_CLUSTER_PYTHON = await bringClusterPython();
  },
};

const suffix = '.bench.ts';
const folder = join(projectFolder, 'bench');
const names = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length));
const [wanted, ...args] = process.argv.slice(2);
/** Help is to be had without some minutes of compiling first. */
const isQuestion = args.some((arg) => ['--help', '-h'].includes(arg));
if (names.includes(wanted)) {
  process.exitCode = await bringAndRun();
} else {
  process.stdout.write(`Benchmarks: ${names.join(', ') || 'none yet'}. Run one: npm run bench NAME\n`);
  process.exitCode = wanted === undefined ? 0 : 1;
}

async function bringAndRun() {
  try {
    if (!isQuestion) await peers[wanted]?.();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    return 1;
  }
  return runInTerminal(process.execPath, [join(folder, wanted + suffix), ...args]);
}
