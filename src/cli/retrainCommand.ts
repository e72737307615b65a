import { readdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { openFeedbackReader } from '../feedback/storing/sqliteFeedbackReader.ts';
import type { AdapterId } from '../engine/policy.ts';
import type { DeviceChoice } from '../engine/runtime/devices.ts';
import type { RetrainSummary } from '../process/clients.ts';
import { dataPathsIn, type DataPaths } from '../process/dataFolder.ts';
import { runRetraining } from '../process/training/retraining.ts';
import { AdapterStore } from '../trainer/adapters/adapterStore.ts';
import { giveAnswer, jsonOption, type AnswerOptions } from './answer.ts';
import { sayingWhatIsLeft } from './cancelling.ts';
import { hyperparametersOption, readHyperparameters } from './hyperparametersOption.ts';
import { bringModelFolder } from './models.ts';
import {
  dataOption,
  deviceOption,
  filesLeftOut,
  gitHistoryOption,
  learnFromOptions,
  limitsOf,
  methodOption,
  minutesOption,
  modelOption,
  promptTokensOption,
  requireWorkspace,
  seedOption,
  threadsOption,
  timeBudgetOf,
} from './options.ts';
import { requireFolder } from './paths.ts';
import { retrainText } from './retrainText.ts';
import { showingStages } from './stageProgress.ts';
import type { Terminal } from './terminal.ts';

/** What `retrain` is asked for. */
interface RetrainOptions extends AnswerOptions {
  readonly data: string;
  readonly model: string;
  readonly seed: number;
  readonly threads: number;
  readonly maxPromptTokens: number;
  readonly device: DeviceChoice;
  /** Absent: PPO, or what the hyperparameters say. */
  readonly method?: string;
  /** Absent: as long as it takes, or as the hyperparameters say. */
  readonly minutes?: number;
  /** Folders whose files are learned from besides. */
  readonly workspace?: readonly string[];
  readonly gitHistory?: boolean;
  readonly projectCode: boolean;
  /** An adapter’s id; absent: the one that serves. */
  readonly from?: string;
  /** A JSON file; absent: the defaults. */
  readonly hyperparameters?: string;
}

/** The command `retrain`. */
export function addRetrainCommand(program: Command, terminal: Terminal): void {
  program
    .command('retrain')
    .description('Retrain from stored feedback; the new adapter serves when it is better on held-out work.')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .addOption(threadsOption())
    .addOption(promptTokensOption())
    .addOption(deviceOption('where it trains; auto: on the graphics card where that is faster'))
    .addOption(methodOption())
    .addOption(minutesOption())
    .option('--workspace <folder...>', `learn from the source files in there too; ${filesLeftOut}`)
    .addOption(gitHistoryOption())
    .option('--no-project-code', 'judge by prompts that show nothing of these files (attune.projectCode off)')
    .option('--from <id>', 'begin with this adapter, at its rank, whichever serves')
    .addOption(hyperparametersOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nCtrl+C keeps a checkpoint; the same command goes on from it while no new feedback comes in.',
    )
    .action(async (options: RetrainOptions) => {
      const { manifest } = await retrain(options, terminal);
      const adapters = new AdapterStore(dataPathsIn(options.data).adapters);
      const kept = await adapters.comparisons(manifest.adapterId);
      const hint = 'The command report --html FILE writes this as a page, with all curves.';
      giveAnswer(terminal, options, { text: `${retrainText(manifest, kept)}\n${hint}`, json: manifest });
    });
}

/** What options say is said over the file. What is no object is refused with the other hyperparameters. */
function withOptions(overrides: unknown, { method, minutes }: RetrainOptions): unknown {
  if (typeof overrides !== 'object' || overrides === null) return overrides;
  return {
    ...overrides,
    ...(method !== undefined && { method }),
    ...(minutes !== undefined && timeBudgetOf(minutes)),
  };
}

/** The store is opened first: that there is none needs no model to be known. */
async function retrain(options: RetrainOptions, terminal: Terminal): Promise<RetrainSummary> {
  const paths = dataPathsIn(options.data);
  await requireFolder(options.data);
  openFeedbackReader(paths.store).close();
  await requireWorkspace(options);
  const hyperparameters = withOptions(await readHyperparameters(options.hyperparameters), options);
  await bringModelFolder(options.model, terminal);
  const settings = settingsOf(options, paths, hyperparameters);
  return showingStages(terminal, (hooks) =>
    sayingWhatIsLeft(runRetraining(settings, hooks), () => whatIsLeft(paths)),
  );
}

function settingsOf(
  { model, seed, threads, device, from, projectCode, ...options }: RetrainOptions,
  { store: storePath, adapters: adaptersFolder, checkpoint: checkpointFolder }: DataPaths,
  hyperparameters: unknown,
) {
  return {
    ...{ model, seed, threads, device, hyperparameters, storePath, adaptersFolder, checkpointFolder },
    ...(from === undefined ? {} : { beginsWith: from as AdapterId }),
    ...{ learnFrom: learnFromOptions(options), projectCode },
    ...limitsOf(options),
  };
}

async function whatIsLeft({ checkpoint }: DataPaths): Promise<string> {
  const names = await readdir(checkpoint).catch(() => []);
  return names.length === 0
    ? 'There was no checkpoint yet: the same command begins anew.'
    : 'The same command goes on from the checkpoint, unless new feedback comes in.';
}
