import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { AdapterId } from '../engine/policy.ts';
import type { ImportSettings } from '../process/clients.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { importAdapter } from '../process/training/importAdapter.ts';
import { chooseFromTeam, teamWinner } from '../process/training/teamAdapter.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';
import type { RetrainHooks } from '../trainer/retrainRun.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { missingFile } from './errors.ts';
import { hyperparametersOption, readHyperparameters } from './hyperparametersOption.ts';
import { bringModelFolder } from './models.ts';
import {
  dataOption,
  filesLeftOut,
  gitHistoryOption,
  learnFromOptions,
  limitsOf,
  modelOption,
  promptTokensOption,
  requireWorkspace,
  seedOption,
  threadsOption,
} from './options.ts';
import { requireFolder } from './paths.ts';
import { showingStages } from './stageProgress.ts';
import { teamText } from './teamText.ts';
import type { Terminal } from './terminal.ts';

/** How an adapter is taken in. */
export interface ImportOptions extends AnswerOptions {
  readonly data: string;
  readonly model: string;
  readonly seed: number;
  readonly threads: number;
  readonly maxPromptTokens: number;
  readonly hyperparameters?: string;
  readonly serve?: boolean;
  readonly sameBase?: boolean;
  readonly onTop?: boolean;
  readonly workspace?: readonly string[];
  readonly gitHistory?: boolean;
}

/** The command `adapters import`. */
export function addImportCommand(adapters: Command, terminal: Terminal): void {
  adapters
    .command('import')
    .description(
      'Take in an adapter that was trained elsewhere. It serves if it is better on your held-out work.',
    )
    .argument('<path>', 'PEFT folder, or GGUF file with an adapter')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .addOption(threadsOption())
    .addOption(promptTokensOption())
    .addOption(hyperparametersOption())
    .option('--serve', 'let it serve at once, without asking the gate')
    .option('--same-base', 'it was trained on this model, though its files name another')
    .addOption(onTopOption())
    .option(
      '--workspace <folder...>',
      `judge by prompts that show the source files in there, and with --on-top learn from them too; ${filesLeftOut}`,
    )
    .addOption(gitHistoryOption())
    .addOption(jsonOption())
    .action(async (path: string, options: ImportOptions) => {
      giveAnswer(terminal, options, await importFrom(path, options, terminal));
    });
}

function onTopOption(): Option {
  const description =
    'also retrain on top of it from your feedback; what served before, it, or that serves then';
  return new Option('--on-top', description).conflicts('serve');
}

/** Takes in an adapter as that command does. */
export async function importFrom(path: string, options: ImportOptions, terminal: Terminal): Promise<Answer> {
  if (!existsSync(path)) throw missingFile(path);
  await requireFolder(options.data);
  await requireWorkspace(options);
  const hyperparameters = await readHyperparameters(options.hyperparameters);
  await bringModelFolder(options.model, terminal);
  const settings = importSettings(path, options, hyperparameters);
  return showingStages(terminal, async (hooks) => {
    if (options.onTop === true) return await chooseWith(settings, hooks);
    const manifest = await importAdapter(settings, hooks);
    return { text: importText(manifest), json: manifest };
  });
}

/** What an import is asked for, as the options say. */
export function importSettings(
  path: string,
  options: ImportOptions,
  hyperparameters: unknown,
): ImportSettings {
  const { store, adapters, checkpoint } = dataPathsIn(options.data);
  const { model, seed, threads, serve: serves = false, sameBase: isSameBase = false } = options;
  return {
    ...{ model, seed, threads, hyperparameters, serves, isSameBase, path: resolve(path) },
    ...{ storePath: store, adaptersFolder: adapters, checkpointFolder: checkpoint },
    ...{ ...limitsOf(options), learnFrom: learnFromOptions(options), projectCode: true },
  };
}

async function chooseWith(settings: ImportSettings, hooks: RetrainHooks): Promise<Answer> {
  const choice = await chooseFromTeam(settings, hooks);
  return { text: teamText(choice), json: { ...choice, winner: teamWinner(choice) } };
}

function importText({ adapterId, verdict }: Manifest): string {
  const next = verdict.promoted
    ? nowServes(adapterId)
    : `It is kept. To let it serve all the same: attune adapters serve ${adapterId}`;
  return `The adapter was imported as ${adapterId}.\n${verdict.reason}\n${next}`;
}

/** Says which adapter serves from now on; undefined for the base model. */
export function nowServes(adapterId: AdapterId | undefined): string {
  const what = adapterId === undefined ? 'The base model' : `Adapter ${adapterId}`;
  const whose = adapterId === undefined ? '' : ' with its model';
  return `${what} serves now. An editor that is open${whose} takes it up with its next completion.`;
}
