/*
 * npm run bench activation [-- --rounds 20] [-- BUNDLE...]
 *
 * What the extension costs an extension host when it is loaded, when it is activated, and in the half second behind
 * that: each time in a new process, with a stub of `vscode`, in turn with an extension that does nothing and with
 * other bundles where they are named. What Node has of its own is loaded before, as it is in an extension host. On a
 * busy machine the clock also counts the wait for a processor, so the processor's time is told beside it.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/options.ts';
import { activateOnce, type Activation } from './activation/activateOnce.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { median } from './report/statistics.ts';

const folder = join(import.meta.dirname, 'activation');
const ownBundles = [
  join(import.meta.dirname, '..', 'dist', 'extension.cjs'),
  join(folder, 'emptyExtension.cjs'),
];

function timesText(title: string, times: readonly number[]): string {
  return `  ${title}: least ${Math.min(...times).toFixed(1)} ms, median ${median(times).toFixed(1)} ms`;
}

function tell(bundle: string, activations: readonly Activation[]): void {
  const kilobytes = Math.round(statSync(bundle).size / 1000);
  const times = (timeOf: (activation: Activation) => number) => activations.map(timeOf);
  const lines = [
    `${bundle} (${kilobytes} KB)`,
    timesText(
      'loading, processor',
      times(({ loading }) => loading.cpuMs),
    ),
    timesText(
      'activating, processor',
      times(({ activating }) => activating.cpuMs),
    ),
    timesText(
      'both, processor',
      times(({ loading, activating }) => loading.cpuMs + activating.cpuMs),
    ),
    timesText(
      'both, clock',
      times(({ loading, activating }) => loading.wallMs + activating.wallMs),
    ),
    timesText(
      'later, processor',
      times(({ later }) => later.cpuMs),
    ),
  ];
  console.log(lines.join('\n'));
}

const command = new Command('bench activation')
  .option('--rounds <count>', 'how often each is loaded', positiveNumber, 20)
  .argument('[bundles...]', 'other extensions, to compare with')
  .parse();
const { rounds } = command.opts<{ rounds: number }>();
console.log(machineText(describeMachine({})));
const bundles = [...ownBundles, ...command.args];
const activations = bundles.map((): Activation[] => []);
for (let round = 0; round < rounds; round++)
  for (const [i, bundle] of bundles.entries()) activations[i]!.push(activateOnce(bundle));
for (const [i, bundle] of bundles.entries()) tell(bundle, activations[i]!);
