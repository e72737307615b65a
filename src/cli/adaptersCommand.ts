import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { AdapterId } from '../engine/policy.ts';
import { freeBytesOf } from '../engine/weights/diskSpace.ts';
import type { ImportSettings } from '../process/clients.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { importAdapter } from '../process/importAdapter.ts';
import { chooseFromTeam, teamWinner } from '../process/teamAdapter.ts';
import { inEnglish } from '../sentences/sentence.ts';
import { AdapterStore, type AdapterEntry } from '../trainer/adapterStore.ts';
import { exportAdapter } from '../trainer/exportAdapter.ts';
import { exportFormats, type ExportFormat } from '../trainer/exportFormats.ts';
import type { Manifest } from '../trainer/manifest.ts';
import type { RetrainHooks } from '../trainer/retrainRun.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { missingFile } from './errors.ts';
import { hyperparametersOption, readHyperparameters } from './hyperparametersOption.ts';
import { bringModel, bringModelFolder, showInMegabytes } from './models.ts';
import {
  dataOption,
  defaultLimits,
  gitHistoryOption,
  learnFromOptions,
  modelOption,
  seedOption,
  threadsOption,
} from './options.ts';
import { requireFolder, requireNothingAt } from './paths.ts';
import { showStages } from './stageProgress.ts';
import { teamText } from './teamText.ts';
import type { Terminal } from './terminal.ts';

interface AdaptersOptions extends AnswerOptions {
  readonly data: string;
}

interface ExportOptions extends AdaptersOptions {
  readonly format: ExportFormat;
}

interface ImportOptions extends AdaptersOptions {
  readonly model: string;
  readonly seed: number;
  readonly threads: number;
  readonly hyperparameters?: string;
  readonly serve?: boolean;
  readonly sameBase?: boolean;
  readonly onTop?: boolean;
  readonly workspace?: readonly string[];
  readonly gitHistory?: boolean;
}

/** What stands for the base model where an adapter's id is expected. */
const baseName = 'base';

/** The command `adapters` with what can be done to them. */
export function addAdaptersCommand(program: Command, terminal: Terminal): void {
  const adapters = program
    .command('adapters')
    .description('List the adapters, choose which one serves, bring some in or take some out.');
  adapters
    .command('list', { isDefault: true })
    .description('List the adapters with their verdicts; the one that serves is marked with *.')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: AdaptersOptions) => {
      giveAnswer(terminal, options, await listAdapters(options, terminal));
    });
  adapters
    .command('roll-back')
    .description('Let the adapter serve that served before, or else the base model.')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: AdaptersOptions) => {
      giveAnswer(terminal, options, nowServing(await (await openAdapters(options)).rollBack()));
    });
  adapters
    .command('serve')
    .description('Let an adapter serve, whatever its verdict.')
    .argument('<id>', `an adapter’s id as the list shows it, or ‘${baseName}’ for the base model alone`)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (id: string, options: AdaptersOptions) => {
      giveAnswer(terminal, options, nowServing(await serve(id, await openAdapters(options))));
    });
  addExportCommand(adapters, terminal);
  addImportCommand(adapters, terminal);
}

function addExportCommand(adapters: Command, terminal: Terminal): void {
  adapters
    .command('export')
    .description('Write an adapter for PEFT, for llama.cpp, or merged into a whole model for transformers.')
    .argument('<id>', 'an adapter’s id as the list shows it')
    .argument('<target>', 'new folder; with gguf a new file')
    .addOption(new Option('--format <name>', 'form to write').choices(exportFormats).default('peft'))
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (id: string, target: string, options: ExportOptions) => {
      giveAnswer(terminal, options, await exportTo(id as AdapterId, target, options, terminal));
    });
}

async function exportTo(
  id: AdapterId,
  target: string,
  options: ExportOptions,
  terminal: Terminal,
): Promise<Answer> {
  const store = await openAdapters(options);
  const { baseModelId } = await store.manifest(id);
  await requireFolder(dirname(resolve(target)));
  requireNothingAt(target);
  const base = await bringModel(baseModelId, terminal);
  const progress = terminal.showProgress(basename(target));
  const convert = { signal: terminal.signal, onProgress: showInMegabytes(progress), freeBytes: freeBytesOf };
  try {
    await exportAdapter({ store, id, base, baseModelId, convert }, options.format, resolve(target));
  } finally {
    progress.finish();
  }
  const text = `Adapter ${id} of ${baseModelId} was written to ${target}. ${howToUse[options.format]}`;
  return { text, json: { adapterId: id, baseModelId, format: options.format, target: resolve(target) } };
}

const howToUse: Readonly<Record<ExportFormat, string>> = {
  peft: 'PEFT loads it onto that model; reward_model in it, where there is one, onto a classifier of one label.',
  gguf: 'llama.cpp takes it beside that model’s GGUF file: --lora FILE.',
  merged: 'transformers loads it as a model of its own.',
};

function addImportCommand(adapters: Command, terminal: Terminal): void {
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
    .addOption(hyperparametersOption())
    .option('--serve', 'let it serve at once, without asking the gate')
    .option('--same-base', 'it was trained on this model, though its files name another')
    .addOption(onTopOption())
    .option('--workspace <folder...>', 'with --on-top: learn from the source files in there too')
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

async function importFrom(path: string, options: ImportOptions, terminal: Terminal): Promise<Answer> {
  if (!existsSync(path)) throw missingFile(path);
  await requireFolder(options.data);
  const hyperparameters = await readHyperparameters(options.hyperparameters);
  await bringModelFolder(options.model, terminal);
  const { store, adapters, checkpoint } = dataPathsIn(options.data);
  const { model, seed, threads, serve: serves = false, sameBase: isSameBase = false } = options;
  const stages = showStages(terminal);
  const settings = {
    ...{ model, seed, threads, hyperparameters, serves, isSameBase, path: resolve(path) },
    ...{ storePath: store, adaptersFolder: adapters, checkpointFolder: checkpoint },
    ...defaultLimits,
  };
  const { signal } = terminal;
  const hooks = { signal, onProgress: stages.update, waitForTurn: () => nextTurn(), nowMs: Date.now };
  try {
    if (options.onTop === true) return await chooseWith(settings, options, hooks);
    const manifest = await importAdapter(settings, hooks);
    return { text: importText(manifest), json: manifest };
  } finally {
    stages.finish();
  }
}

async function chooseWith(
  settings: ImportSettings,
  options: ImportOptions,
  hooks: RetrainHooks,
): Promise<Answer> {
  const choice = await chooseFromTeam({ ...settings, learnFrom: learnFromOptions(options) }, hooks);
  return { text: teamText(choice), json: { ...choice, winner: teamWinner(choice) } };
}

function importText({ adapterId, verdict }: Manifest): string {
  const next = verdict.promoted
    ? nowServes(adapterId)
    : `It is kept. To let it serve all the same: attune adapters serve ${adapterId}`;
  return `The adapter was imported as ${adapterId}.\n${verdict.reason}\n${next}`;
}

async function openAdapters({ data }: AdaptersOptions): Promise<AdapterStore> {
  await requireFolder(data);
  return new AdapterStore(dataPathsIn(data).adapters);
}

async function listAdapters(options: AdaptersOptions, { tell }: Terminal): Promise<Answer> {
  const store = await openAdapters(options);
  const { adapterId, problem } = await store.serving();
  if (problem !== undefined) tell(inEnglish(problem));
  const entries = await store.list();
  const base = `${mark(adapterId === undefined)} ${baseName}`;
  const lines = entries.map((entry) => `${mark(entry.id === adapterId)} ${describe(entry)}`);
  return { text: [base, ...lines].join('\n'), json: { serving: adapterId ?? baseName, adapters: entries } };
}

function mark(serves: boolean): string {
  return serves ? '*' : ' ';
}

function describe(entry: AdapterEntry): string {
  if (entry.kind === 'damaged') return `${entry.id}\n    ${entry.problem}`;
  const { baseModelId, verdict } = entry.manifest;
  return `${entry.id}   ${baseModelId}, ${originOf(entry.manifest)}\n    ${verdict.reason}`;
}

function originOf({ data, imported }: Manifest): string {
  if (imported !== undefined) return `imported from ${imported.path}`;
  return `from ${data.demonstrations} demonstrations and ${data.preferencePairs} preferences`;
}

/** Gives the adapter that serves now; undefined for the base model. */
async function serve(id: string, store: AdapterStore): Promise<AdapterId | undefined> {
  if (id === baseName) {
    await store.rollBackToBase();
    return undefined;
  }
  const adapterId = id as AdapterId;
  await store.promote(adapterId);
  return adapterId;
}

function nowServes(adapterId: AdapterId | undefined): string {
  const what = adapterId === undefined ? 'The base model' : `Adapter ${adapterId}`;
  return `${what} serves now. An editor that is open takes it up when its window is reloaded.`;
}

function nowServing(adapterId: AdapterId | undefined): Answer {
  return { text: nowServes(adapterId), json: { serving: adapterId ?? baseName } };
}
