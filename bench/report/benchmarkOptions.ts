import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { catalogue } from '../../src/engine/catalogue/catalogue.ts';

/** What a benchmark is asked to do. */
export interface BenchmarkOptions {
  readonly models: readonly string[];
  /** A short run, for a first impression. */
  readonly isQuick: boolean;
  /** Where the numbers go besides the terminal. */
  readonly json: string | undefined;
}

/** The two models that are promised to be fast. */
const measuredModels = ['smollm2-135m', 'qwen2.5-coder-0.5b'];

const ids = catalogue.map(({ id }) => id);

/** A benchmark with the options that all of them have. */
export function benchmarkCommand(name: string): Command {
  return new Command(name)
    .option('--model <id>', `one of ${ids.join(', ')}; absent: ${measuredModels.join(' and ')}`)
    .option('--quick', 'a short run')
    .option('--json <file>', 'write the numbers there too');
}

/** What this process was asked for by the options that all benchmarks have. Ends it on wrong ones. */
export function benchmarkOptions(command: Command): BenchmarkOptions {
  const { model, quick, json } = command.parse().opts<{ model?: string; quick?: true; json?: string }>();
  if (model !== undefined && !ids.includes(model)) command.error(`There is no model '${model}'.`);
  // Minutes are too long to find out only then.
  if (json !== undefined && !existsSync(dirname(resolve(json)))) command.error(`${json} has no folder.`);
  return { models: model === undefined ? measuredModels : [model], isQuick: quick === true, json };
}
