import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { CompletionLimits } from '../completion/completion.ts';
import { defaultModelId, findEntry } from '../engine/catalogue/catalogue.ts';
import { devices } from '../engine/runtime/devices.ts';
import { retrainMethods } from '../trainer/hyperparameters.ts';
import type { LearnFrom } from '../trainer/data/sourceFiles.ts';
import { dataFolderVariable } from '../process/dataFolder.ts';
import { nowhereToLook } from './errors.ts';
import { requireFolder } from './paths.ts';

/*
 * The options that several commands share, so that each means the same everywhere.
 */

/**
 * How long prompts and completions may be: as in the editor where nobody set it and the model was not measured yet. What the
 * command line gives does not hang on a machine's speed.
 */
export const defaultLimits = { maxPromptTokens: 512, maxNewTokens: 64 } as const satisfies CompletionLimits;

/**
 * `--max-prompt-tokens`: with an editor whose prompts are longer, what is learned and gated here has to be what is served there.
 */
export function promptTokensOption(): Option {
  const description =
    'tokens of the document that the model sees; give the editor’s number, which its diagnostics name';
  return new Option('--max-prompt-tokens <count>', description)
    .default(defaultLimits.maxPromptTokens)
    .argParser(promptTokens);
}

/** As the editor's setting takes them. */
function promptTokens(text: string): number {
  const value = wholeNumber(text);
  if (value < 64 || value > 2048) throw new InvalidArgumentError('A number from 64 to 2048 is needed.');
  return value;
}

/** The limits with that. */
export function limitsOf({ maxPromptTokens }: { readonly maxPromptTokens: number }): CompletionLimits {
  return { ...defaultLimits, maxPromptTokens };
}

/** `--model`: a catalogue id, or the path of a model. */
export function modelOption(): Option {
  return new Option('--model <id>', 'catalogue id, GGUF file or Hugging Face folder')
    .default(defaultModelId)
    .argParser(modelName);
}

/** `--data`: the folder with feedback, adapters and checkpoint, which the environment may name too. */
export function dataOption(): Option {
  const description = 'folder with feedback, adapters and checkpoint';
  const option = new Option('--data <folder>', description).makeOptionMandatory();
  // A variable that is empty names none.
  return process.env[dataFolderVariable] === '' ? option : option.env(dataFolderVariable);
}

/** The same where the base model can do without; `absent` says what happens then. */
export function optionalDataOption(absent: string): Option {
  const option = dataOption().makeOptionMandatory(false);
  option.description += `; absent: ${absent}`;
  return option;
}

/** `--seed`. */
export function seedOption(): Option {
  return new Option('--seed <number>', 'seed of everything random').default(1).argParser(wholeNumber);
}

/** `--method`: what follows supervised fine-tuning in a retraining. */
export function methodOption(): Option {
  return new Option('--method <name>', 'what follows SFT').choices(retrainMethods);
}

/** `--git-history`. */
export function gitHistoryOption(): Option {
  return new Option(
    '--git-history',
    'with --workspace: first from what holds lines that you wrote last, as Git has it',
  );
}

/** Which files the command line leaves out: it does not read the editor's settings. */
export const filesLeftOut =
  'what .attuneignore names stays out, but not what the editor’s setting attune.store.excluded names';

interface WorkspaceOptions {
  readonly workspace?: readonly string[];
  readonly gitHistory?: boolean;
}

/** Makes sure that the folders to learn from are there. Throws CliError 'missingFolder', or 'badOptions' where Git has none to look into. */
export async function requireWorkspace({
  workspace = [],
  gitHistory = false,
}: WorkspaceOptions): Promise<void> {
  if (gitHistory && workspace.length === 0) throw nowhereToLook();
  for (const folder of workspace) await requireFolder(folder);
}

/** What `--workspace` and `--git-history` say together. */
export function learnFromOptions({ workspace = [], gitHistory = false }: WorkspaceOptions): LearnFrom {
  const workspaceFolders = workspace.map((folder) => resolve(folder));
  return {
    ...{ isOff: false, refusedFolders: [], excludedPatterns: [] },
    ...{ workspaceFolders, mayAskGit: true, ownLinesFirst: gitHistory },
  };
}

/** `--threads`. */
export function threadsOption(): Option {
  return new Option('--threads <count>', 'threads of the engine')
    .default(availableParallelism(), 'as many as the machine can run at once')
    .argParser(positiveNumber);
}

/** `--device`. */
export function deviceOption(description: string): Option {
  return new Option('--device <name>', description).choices(['auto', ...devices]).default('auto');
}

/** The name a model goes by. A path becomes absolute: an adapter remembers the model it was trained on by this name. */
export function modelName(text: string): string {
  return modelNameIn('.', text);
}

/** The same for paths as they are seen from a folder. */
export function modelNameIn(folder: string, text: string): string {
  const path = resolve(folder, text);
  return findEntry(text) === undefined && existsSync(path) ? path : text;
}

/** Reads an option as a whole number from 0 on. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('A whole number is needed.');
  return value;
}

/** `--minutes`: how long a retraining may take. */
export function minutesOption(): Option {
  return new Option(
    '--minutes <count>',
    'about how many minutes the retraining may take, though its gate asks its fewest prompts in any case; else as long as it takes, or as the hyperparameters say',
  ).argParser(positiveMinutes);
}

/** Reads an option as minutes, parts of one among them. */
export function positiveMinutes(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && Number.isFinite(minutes)))
    throw new InvalidArgumentError('A number above 0 is needed.');
  return minutes;
}

/** So many minutes as the hyperparameters have them. */
export function timeBudgetOf(minutes: number): { readonly timeBudgetMs: number } {
  return { timeBudgetMs: minutes * 60_000 };
}

/** Reads an option as a whole number from 1 on. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('A number of at least 1 is needed.');
  return value;
}
