import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bringBundles } from './setup/bundles.mjs';
import { bringChromium } from './setup/chromium.mjs';
import { capture, runInTerminal } from './setup/command.mjs';
import { bringDesktopVsCode } from './setup/desktopVsCode.mjs';
import { projectFolder } from './setup/folders.mjs';
import { bringLlamaCpp } from './setup/llamaCpp.mjs';
import { bringModels } from './setup/models.mjs';
import { bringClusterPython } from './setup/python.mjs';
import { bringVsCodeServer } from './setup/vscodeServer.mjs';

/** The model that is quick enough to be typed with in a test. */
const smallModel = 'smollm2-135m';
/** The model that people meet first. */
const picturedModel = 'qwen2.5-coder-0.5b';
/** Both families, both ways to store the output head, with and without fill-in-the-middle. */
const testedModels = [smallModel, picturedModel];

/**
 * What one kind of test came to.
 *
 * @typedef {{ passed: number, skipped: number, failures: string[] }} Tally
 */

/** @typedef {{ needs?: (() => Promise<void>)[], run: (filters: string[]) => Promise<Tally> }} TestKind */

/**
 * Every kind of test, in the order in which they tell most for the time they take.
 *
 * @type {Record<string, TestKind>}
 */
export const testKinds = {
  build: check('build', 'scripts/build.mjs'),
  types: check('types', 'node_modules/typescript/bin/tsc', '--noEmit'),
  webviewTypes: check(
    'webviewTypes',
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '-p',
    'src/editor/webview',
  ),
  texts: check('texts', 'scripts/l10n.mjs', '--check'),
  lint: check('lint', 'node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.'),
  format: check('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  unit: { run: (filters) => runVitest('unit', filters) },
  slow: { run: (filters) => runVitest('slow', filters) },
  real: { needs: [bringModels(...testedModels)], run: (filters) => runVitest('real', filters) },
  cluster: {
    run: async (filters) => {
      process.env.ATTUNE_CLUSTER_PYTHON = await bringClusterPython();
      return runVitest('cluster', filters);
    },
  },
  llama: {
    needs: [bringLlamaCpp, bringModels(...testedModels)],
    run: (filters) => runVitest('llama', filters),
  },
  vscode: {
    needs: [bringBundles, bringChromium, bringVsCodeServer, bringModels(smallModel)],
    run: (filters) => runVitest('vscode', filters),
  },
  pictures: {
    needs: [bringBundles, bringChromium, bringVsCodeServer, bringModels(picturedModel)],
    run: (filters) => runVitest('pictures', filters),
  },
  desktop: {
    needs: [bringBundles, bringDesktopVsCode, bringModels(smallModel)],
    run: (filters) => runVitest('vscode', filters),
  },
};

/** A tool whose silence is one passed test; when it complains, that is one failed test by its name. */
function check(name, ...command) {
  return {
    async run() {
      const { code, output } = await capture(process.execPath, command, { cwd: projectFolder });
      if (code === 0) return { passed: 1, skipped: 0, failures: [] };
      process.stdout.write(`\n${name} failed:\n${output}\n`);
      return { passed: 0, skipped: 0, failures: [name] };
    },
  };
}

async function runVitest(kind, filters) {
  const report = join(projectFolder, 'artifacts', 'tests', `${kind}.json`);
  rmSync(report, { force: true });
  mkdirSync(dirname(report), { recursive: true });
  const options = [`--project=${kind}`, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  const command = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...options,
    `--outputFile.json=${report}`,
    ...filters,
  ];
  const code = await runInTerminal(process.execPath, command, { cwd: projectFolder });
  return tallyOf(kind, code, readReport(report));
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The tally of a report of Vitest. A file that failed before or after its tests (it could not be
 * loaded, its set-up broke) counts as one failed test, and so does a run that failed for a reason no
 * file has.
 *
 * @returns {Tally}
 */
export function tallyOf(kind, exitCode, report) {
  const files = report?.testResults ?? [];
  const failures = files.flatMap(failuresOf);
  if (exitCode !== 0 && failures.length === 0)
    failures.push(`${kind}: the run ended with exit code ${exitCode}`);
  const statuses = files.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  return { passed, skipped: statuses.length - passed - failed, failures };
}

function failuresOf({ name, status, assertionResults }) {
  const file = relative(projectFolder, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [`${file} as a whole`];
  return failed.map(({ fullName }) => `${file}: ${fullName}`);
}
