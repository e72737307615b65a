import type { Command } from 'commander';
import type { AdapterId } from '../engine/policy.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { AdapterStore, type AdapterEntry } from '../trainer/adapterStore.ts';
import { dataOption } from './options.ts';
import { requireFolder } from './paths.ts';
import type { Terminal } from './terminal.ts';

interface AdaptersOptions {
  readonly data: string;
}

/** What stands for the base model where an adapter's id is expected. */
const baseName = 'base';

/** The commands `adapters`, `adapters roll-back` and `adapters serve`. */
export function addAdaptersCommand(program: Command, terminal: Terminal): void {
  const adapters = program.command('adapters').description('List the adapters, or choose which one serves.');
  adapters
    .command('list', { isDefault: true })
    .description('List the adapters with their verdicts; the one that serves is marked with *.')
    .addOption(dataOption())
    .action(async (options: AdaptersOptions) => terminal.print(await listAdapters(options, terminal)));
  adapters
    .command('roll-back')
    .description('Let the adapter serve that served before, or else the base model.')
    .addOption(dataOption())
    .action(async (options: AdaptersOptions) => {
      terminal.print(nowServes(await (await openAdapters(options)).rollBack()));
    });
  adapters
    .command('serve')
    .description('Let an adapter serve, whatever its verdict.')
    .argument('<id>', `an adapter’s id as the list shows it, or ‘${baseName}’ for the base model alone`)
    .addOption(dataOption())
    .action(async (id: string, options: AdaptersOptions) => {
      terminal.print(nowServes(await serve(id, await openAdapters(options))));
    });
}

async function openAdapters({ data }: AdaptersOptions): Promise<AdapterStore> {
  await requireFolder(data);
  return new AdapterStore(dataPathsIn(data).adapters);
}

async function listAdapters(options: AdaptersOptions, { tell }: Terminal): Promise<string> {
  const store = await openAdapters(options);
  const { adapterId, problem } = await store.serving();
  if (problem !== undefined) tell(problem);
  const entries = await store.list();
  const base = `${mark(adapterId === undefined)} ${baseName}`;
  return [base, ...entries.map((entry) => `${mark(entry.id === adapterId)} ${describe(entry)}`)].join('\n');
}

function mark(serves: boolean): string {
  return serves ? '*' : ' ';
}

function describe(entry: AdapterEntry): string {
  if (entry.kind === 'damaged') return `${entry.id}\n    ${entry.problem}`;
  const { baseModelId, data, verdict } = entry.manifest;
  const learned = `${data.demonstrations} demonstrations and ${data.preferencePairs} preferences`;
  return `${entry.id}   ${baseModelId}, from ${learned}\n    ${verdict.reason}`;
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
