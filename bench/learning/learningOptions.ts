import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  methodOption,
  modelNameIn,
  modelOption,
  positiveMinutes,
  positiveNumber,
  seedOption,
} from '../../src/cli/options.ts';
import type { Hyperparameters } from '../../src/trainer/hyperparameters.ts';
import { requireFolder, requirePlaceOf } from '../../src/cli/paths.ts';
import { unequalPairs } from './errors.ts';
import type { Versions } from '../../src/cli/replay/versions.ts';

/** What `npm run bench:learning` is asked to do. */
export interface LearningOptions {
  readonly pairs: readonly Versions[];
  readonly model: string;
  /** Another model, asked at the same places as it comes; absent where there is none. */
  readonly against: string | undefined;
  /** Most minutes of one retraining. */
  readonly trainMinutes: number;
  /** What follows SFT. */
  readonly method?: Hyperparameters['method'];
  /** Whether later work is retrained from as well, on top of what serves then. */
  readonly twice: boolean;
  /** Whether prompts show code of the project's other files. */
  readonly context: boolean;
  /** Most requests of each of the two parts of a project's work. */
  readonly maxRequests: number;
  /** Where the numbers go besides the terminal. */
  readonly json: string | undefined;
  /** Where what was done is kept. */
  readonly results: string;
  readonly seed: number;
  readonly threads: number;
}

/** As many as give intervals that say something in about ten minutes a policy with the default model. */
const defaultRequests = 400;

/** The goal for the default model: one retraining of at most half an hour. */
const defaultTrainMinutes = 30;

/** Pairs of folders as they stand in the arguments. */
interface ParsedPairs {
  readonly old: readonly string[];
  readonly new: readonly string[];
}

interface ParsedOptions extends ParsedPairs {
  readonly model: string;
  readonly against?: string;
  readonly trainMinutes: number;
  readonly method?: Hyperparameters['method'];
  readonly twice: boolean;
  readonly context: boolean;
  readonly maxRequests: number;
  readonly json?: string;
  readonly results: string;
  readonly seed: number;
  readonly threads: number;
}

/** The options in some arguments. Throws a CliError for folders that are not there or have no partner. */
export async function learningOptions(args: readonly string[]): Promise<LearningOptions> {
  const { old, new: newer, json, against, ...options } = parse(args);
  const pairs = await pairsOf({ old, new: newer });
  await requirePlaceOf(json);
  return { ...options, json, against, pairs };
}

/** The pairs in some arguments. Throws a CliError for folders that are not there or have no partner. */
export async function pairsOf({ old: older, new: newer }: ParsedPairs): Promise<Versions[]> {
  if (older.length !== newer.length || older.length === 0) throw unequalPairs(older.length, newer.length);
  for (const folder of [...older, ...newer]) await requireFolder(folder);
  return older.map((old, index) => ({ old, new: newer[index]! }));
}

/** A command that takes pairs of folders and a model. */
export function pairsCommand(name: string): Command {
  return new Command(name)
    .addOption(modelOption().argParser(modelFromUser))
    .requiredOption('--old <folder>', 'the older of two versions of a project', collectPath)
    .requiredOption('--new <folder>', 'the newer one; both may be repeated, in pairs', collectPath);
}

function parse(args: readonly string[]): ParsedOptions {
  return pairsCommand('bench:learning')
    .option(
      '--against <id>',
      'another model, which is asked at the same places and never retrained',
      modelFromUser,
    )
    .addOption(methodOption())
    .option('--train-minutes <count>', 'most minutes of one retraining', positiveMinutes, defaultTrainMinutes)
    .option('--twice', 'retrain once more, from later work', false)
    .option('--no-context', 'prompts show nothing of the project’s other files')
    .option(
      '--max-requests <count>',
      'most requests in each part of a project',
      positiveNumber,
      defaultRequests,
    )
    .option(
      '--json <file>',
      'write the numbers there too; docs/learning.md says what they mean, and when one is null',
      fromUser,
    )
    .option('--results <folder>', 'where what was done is kept', fromUser, fromCheckout('artifacts/learning'))
    .addOption(seedOption())
    .option('--threads <count>', 'threads of the engine', positiveNumber, availableParallelism())
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<ParsedOptions>();
}

function collectPath(path: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), fromUser(path)];
}

/** A path as the user means it: from where npm was started, which runs its scripts elsewhere. */
export function fromUser(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}

/** The name that a model goes by, as the user means it. */
function modelFromUser(text: string): string {
  return modelNameIn(fromUser('.'), text);
}

function fromCheckout(path: string): string {
  return resolve(import.meta.dirname, '../..', path);
}
