import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { AdapterId } from '../engine/policy.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { inEnglish } from '../sentences/sentence.ts';
import { AdapterStore, type AdapterEntry } from '../trainer/adapters/adapterStore.ts';
import { exportAdapter } from '../trainer/adapters/exportAdapter.ts';
import { exportFormats, type ExportFormat } from '../trainer/adapters/exportFormats.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { addImportCommand, nowServes } from './importCommand.ts';
import { bringModel, showInMegabytes } from './models.ts';
import { dataOption } from './options.ts';
import { requireFolder, requireNewPlace } from './paths.ts';
import type { Terminal } from './terminal.ts';

interface AdaptersOptions extends AnswerOptions {
  readonly data: string;
}

interface ExportOptions extends AdaptersOptions {
  readonly format: ExportFormat;
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
    .description('Let the adapter of the same model serve that served before, or else the base model.')
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
  await requireNewPlace(target);
  const base = await bringModel(baseModelId, terminal);
  const progress = terminal.showProgress(basename(target));
  const convert = { signal: terminal.signal, onProgress: showInMegabytes(progress) };
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

function nowServing(adapterId: AdapterId | undefined): Answer {
  return { text: nowServes(adapterId), json: { serving: adapterId ?? baseName } };
}
