/*
 * npm run bench activation [-- --rounds 20] [-- BUNDLE...]
 *
 * What the extension's bundle costs an extension host when it is loaded, before `activate` is called: each time in a
 * new process, with a stub of `vscode`, in turn with an extension that does nothing and with other bundles where they
 * are named. On a busy machine the clock also counts the wait for a processor, so the processor's time is told beside it.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { describeMachine, machineText } from './report/machine.ts';
import { median } from './report/statistics.ts';

const folder = join(import.meta.dirname, 'activation');
const loadOnce = join(folder, 'loadOnce.cjs');
const ownBundles = [
  join(import.meta.dirname, '..', 'dist', 'extension.cjs'),
  join(folder, 'emptyExtension.cjs'),
];

const loadSchema = z.object({ cpuMs: z.number(), wallMs: z.number() });

type Load = z.infer<typeof loadSchema>;

function load(bundle: string): Load {
  const printed = execFileSync(process.execPath, [loadOnce, bundle], { encoding: 'utf8' });
  return loadSchema.parse(JSON.parse(printed));
}

function timesText(title: string, times: readonly number[]): string {
  return `${title}: least ${Math.min(...times).toFixed(1)} ms, median ${median(times).toFixed(1)} ms`;
}

function tell(bundle: string, loads: readonly Load[]): void {
  const kilobytes = Math.round(statSync(bundle).size / 1000);
  const cpu = loads.map(({ cpuMs }) => cpuMs);
  const wall = loads.map(({ wallMs }) => wallMs);
  console.log(`${bundle} (${kilobytes} KB)\n  ${timesText('processor', cpu)}; ${timesText('clock', wall)}`);
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '20' } },
  allowPositionals: true,
});
console.log(machineText(describeMachine({})));
const bundles = [...ownBundles, ...positionals];
const loads = bundles.map((): Load[] => []);
for (let round = 0; round < Number(values.rounds); round++)
  for (const [i, bundle] of bundles.entries()) loads[i]!.push(load(bundle));
for (const [i, bundle] of bundles.entries()) tell(bundle, loads[i]!);
