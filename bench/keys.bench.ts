/*
 * npm run bench keys [-- --keys 5000]
 *
 * What a key costs in the extension host: everything that Attune does with it in the listeners, up to
 * the work for the engine, which answers at once here. VS Code's own part and the store's, which waits
 * for its turn, are not in it.
 *
 * Every round presses the same keys. The least time of each key is its own; what the others took longer
 * is the garbage collector's, and on a busy machine the wait for a processor.
 */
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/options.ts';
import { KeyboardWork } from './keys/keyboardWork.ts';
import { describeMachine, machineText } from './report/machine.ts';
import { percentile } from './report/statistics.ts';

const roundCount = 5;

async function timesOfRound(keyCount: number): Promise<number[]> {
  const work = new KeyboardWork();
  const times: number[] = [];
  for (let i = 0; i < keyCount; i++) {
    const begunMs = performance.now();
    work.pressKey();
    times.push(performance.now() - begunMs);
    await work.rest();
  }
  console.log(`${keyCount} keys, ${work.offered} completions offered, ${work.chars} characters`);
  return times;
}

function quantiles(times: readonly number[]): string {
  return [0.5, 0.9, 0.99, 1]
    .map((share) => `p${100 * share} ${percentile(times, share).toFixed(3)} ms`)
    .join('   ');
}

const { keys } = new Command('bench keys')
  .option('--keys <count>', 'keys of a round', positiveNumber, 5000)
  .parse()
  .opts<{ keys: number }>();
console.log(machineText(describeMachine({})));
const rounds: number[][] = [];
for (let i = 0; i < roundCount; i++) rounds.push(await timesOfRound(keys));
const least = rounds[0]!.map((_, key) => Math.min(...rounds.map((times) => times[key]!)));
console.log(`of all rounds:      ${quantiles(rounds.flat())}`);
console.log(`least of each key:  ${quantiles(least)}`);
