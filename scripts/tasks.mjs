import { join } from 'node:path';
import { bringBundles } from './setup/bundles.mjs';
import { bringChromium } from './setup/chromium.mjs';
import { runInTerminal } from './setup/command.mjs';
import { projectFolder } from './setup/folders.mjs';
import { bringNpmPackages } from './setup/npmPackages.mjs';
import { bringVsCodeServer } from './setup/vscodeServer.mjs';

/**
 * What an npm script does once Node is there.
 *
 * @typedef {object} Task
 * @property {(() => Promise<void>)[]} needs brought in this order before it runs
 * @property {(args: string[]) => Promise<number>} run gives the exit code
 * @property {boolean} [endsWithTally] its last line is always 'N passed, M failed'
 */

/** @type {Record<string, Task>} */
export const tasks = {
  setup: { needs: [bringNpmPackages, bringBundles, bringChromium, bringVsCodeServer], run: async () => 0 },
  build: { needs: [bringNpmPackages], run: program('scripts/build.mjs') },
  l10n: { needs: [bringNpmPackages], run: program('scripts/l10n.mjs') },
  notices: { needs: [bringNpmPackages], run: program('scripts/notices.mjs') },
  package: { needs: [bringNpmPackages, bringBundles], run: program('scripts/package.mjs') },
  demo: { needs: [bringNpmPackages, bringBundles], run: attune('demo') },
  attune: { needs: [bringNpmPackages, bringBundles], run: attune() },
  code: { needs: [bringNpmPackages, bringBundles], run: program('scripts/code.mjs') },
  bench: bench(),
  'bench:latency': bench('latency'),
  'bench:train': bench('train'),
  'bench:learning': bench('learning'),
  'bench:corpus': { needs: [bringNpmPackages], run: program('bench/learning/bringCorpus.ts') },
  golden: { needs: [bringNpmPackages], run: program('scripts/golden.mjs') },
  check: tests('types', 'webviewTypes', 'texts', 'lint', 'format', 'unit'),
  test: tests('build', 'types', 'webviewTypes', 'texts', 'lint', 'format', 'unit', 'slow', 'real', 'vscode'),
  'test:slow': tests('slow'),
  'test:real': tests('real'),
  'test:cluster': tests('cluster'),
  'test:llama': tests('llama'),
  'test:vscode': tests('vscode'),
  'test:desktop': tests('desktop'),
  pictures: tests('pictures'),
};

function tests(...kinds) {
  const run = (filters) => program('scripts/test.mjs')([...kinds, '--', ...filters]);
  return { needs: [bringNpmPackages], run, endsWithTally: true };
}

function bench(...first) {
  const run = (args) => program('scripts/bench.mjs')([...first, ...args]);
  return { needs: [bringNpmPackages, bringBundles], run };
}

/** Runs a program of the checkout in the checkout. */
function program(file) {
  return (args) =>
    runInTerminal(process.execPath, [join(projectFolder, file), ...args], { cwd: projectFolder });
}

/** Runs the command line where the user stands, so that folders among the arguments mean theirs. */
function attune(...first) {
  const cli = join(projectFolder, 'dist', 'cli.mjs');
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return (args) => runInTerminal(process.execPath, [cli, ...first, ...args], { cwd });
}
