/**
 * Runs kinds of tests and ends with one line, 'N passed, M failed', over all of them.
 *
 *   node scripts/test.mjs KIND... [-- FILTER...]
 *
 * Filters are Vitest's: parts of file names.
 */
import { SetupError } from './setup/setupError.mjs';
import { testKinds } from './testKinds.mjs';

/** Tools that neither write anything nor measure time, so they may run beside each other. */
const besideEachOther = new Set(['types', 'webviewTypes', 'texts', 'lint', 'format']);

const setupBeforeSeconds = (Date.now() - Number(process.env.ATTUNE_STARTED_MS ?? Date.now())) / 1000;
const startMs = performance.now();
const { kinds, filters } = parseArguments(process.argv.slice(2));
const tallies = [];
process.on('uncaughtException', endWithTally);
const together = kinds.filter((kind) => besideEachOther.has(kind));
for (const kind of kinds) {
  if (kind === together[0]) tallies.push(...(await Promise.all(together.map(runKind))));
  else if (!besideEachOther.has(kind)) tallies.push(await runKind(kind));
}
report(tallies);

function parseArguments(args) {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return { kinds: args.slice(0, end), filters: args.slice(end + 1) };
}

/** What a kind came to and how long it took. What it needs and cannot have is one failed test. */
async function runKind(kind) {
  const startedMs = performance.now();
  const { needs = [], run } = testKinds[kind];
  const failures = await bringAll(kind, needs);
  const setupSeconds = secondsSince(startedMs);
  const tally = failures.length > 0 ? { passed: 0, skipped: 0, failures } : await run(filters);
  return { kind, ...tally, setupSeconds, seconds: secondsSince(startedMs) - setupSeconds };
}

async function bringAll(kind, needs) {
  try {
    for (const bring of needs) await bring();
    return [];
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stdout.write(`\n${error.message}\n`);
    return [`${kind}: something it needs could not be brought`];
  }
}

/** The last line is a tally whatever happens: a failure of this program itself counts as one. */
function endWithTally(error) {
  process.stdout.write(`\n${error.stack ?? error}\n`);
  const failures = ['the test run itself broke off'];
  report([...tallies, { kind: 'rest', passed: 0, skipped: 0, failures, setupSeconds: 0, seconds: 0 }]);
  process.exit();
}

function report(all) {
  const passed = total(all.map((tally) => tally.passed));
  const skipped = total(all.map((tally) => tally.skipped));
  const failures = all.flatMap((tally) => tally.failures);
  process.stdout.write(`\n${timeLine(all)}\n`);
  if (skipped > 0) process.stdout.write(`Skipped: ${skipped}\n`);
  for (const failure of failures) process.stdout.write(`Failed: ${failure}\n`);
  process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

/** Where the time went; types, lint and format overlap, so the parts may sum to more than the whole. */
function timeLine(all) {
  const setup = setupBeforeSeconds + total(all.map(({ setupSeconds }) => setupSeconds));
  const parts = [
    `set-up ${setup.toFixed(1)} s`,
    ...all.map(({ kind, seconds }) => `${kind} ${seconds.toFixed(1)} s`),
  ];
  return `Time: ${parts.join(', ')}; together ${(setupBeforeSeconds + secondsSince(startMs)).toFixed(1)} s`;
}

function total(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function secondsSince(ms) {
  return (performance.now() - ms) / 1000;
}
