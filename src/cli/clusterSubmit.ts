import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { clusterExports, type ClusterExport } from '../process/cluster/clusterExports.ts';
import { followJob, submitExports } from '../process/cluster/clusterWork.ts';
import type { RayAddress } from '../process/cluster/rayJobs.ts';
import { giveAnswer, jsonOption, type Answer } from './answer.ts';
import {
  addressOf,
  addressOption,
  plainHttpOption,
  sameCluster,
  tokenVariable,
  type AddressOptions,
} from './clusterOptions.ts';
import { nowhereToWait } from './errors.ts';
import { hyperparametersOption, readHyperparameters } from './hyperparametersOption.ts';
import { importFrom, type ImportOptions } from './importCommand.ts';
import { bringModelFolder } from './models.ts';
import { modelOption, optionalDataOption, promptTokensOption, seedOption, threadsOption } from './options.ts';
import { requireFolder } from './paths.ts';
import { showJob } from './stageProgress.ts';
import type { Terminal } from './terminal.ts';

interface SubmitOptions extends AddressOptions, Omit<ImportOptions, 'data'> {
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly data?: string;
}

/** The command `cluster submit`. */
export function addSubmitCommand(cluster: Command, terminal: Terminal): void {
  cluster
    .command('submit')
    .description('Send exported folders to a Ray cluster, after showing what is in them, and train there.')
    .argument(
      '<folders...>',
      'as export wrote them; those of several people train one adapter, as the first says',
    )
    .addOption(addressOption())
    .addOption(plainHttpOption())
    .option('--yes', 'do not ask')
    .option('--wait', 'wait for the adapter and let the gate judge it, as adapters import does')
    .addOption(optionalDataOption('--wait has nowhere to take it in'))
    .addOption(modelOption())
    .addOption(seedOption())
    .addOption(threadsOption())
    .addOption(promptTokensOption())
    .addOption(hyperparametersOption())
    .addHelpText(
      'after',
      `\nOptions from --data on are for --wait. A token in ${tokenVariable} is sent along.`,
    )
    .addOption(jsonOption())
    .action(async (folders: string[], options: SubmitOptions) => {
      giveAnswer(terminal, options, await submit(folders, options, terminal));
    });
}

/** What would travel, file by file, so that each person finds their own in it. */
export function previewOf(exports: readonly ClusterExport[]): string {
  const lines = exports.flatMap(({ folder, files }) => [`${folder} holds:`, ...files.map(fileLine)]);
  if (exports.length === 1) return lines.join('\n');
  const rows = exports.flatMap(({ files }) => files).reduce((sum, { rows = 0 }) => sum + rows, 0);
  const together = `Together ${rows} rows of ${exports.length} exports train one adapter, as ${exports[0]!.folder} says.`;
  return [...lines, together].join('\n');
}

function fileLine({ name, bytes, rows }: ClusterExport['files'][number]): string {
  return `  ${name}: ${bytes} bytes${rows === undefined ? '' : `, ${rows} rows`}`;
}

async function submit(
  folders: readonly string[],
  options: SubmitOptions,
  terminal: Terminal,
): Promise<Answer> {
  const { tell, confirm, signal } = terminal;
  for (const folder of folders) await requireFolder(folder);
  const address = addressOf(options);
  const takeIn = options.wait === true ? await takingIn(options, terminal) : undefined;
  const exports = await clusterExports(folders);
  tell(`${previewOf(exports)}\nWith it goes the program that trains, which holds nothing of yours.`);
  const isMeant = options.yes === true || (await confirm(`Send this to ${address.url.href}?`));
  if (!isMeant) return { text: 'Nothing was sent.', json: { job: null } };
  const job = await submitExports(address, exports, signal);
  const at = sameCluster(options);
  if (takeIn !== undefined) return waitFor(job, { address, takeIn, at }, terminal);
  const text = `The job is ${job}.\nHow far it is: attune cluster status ${job} ${at}`;
  return { text, json: { job } };
}

/** How what comes back is taken in. What that would fail for is told before anything is sent. */
async function takingIn({ data, ...options }: SubmitOptions, terminal: Terminal): Promise<ImportOptions> {
  if (data === undefined) throw nowhereToWait();
  await requireFolder(data);
  await readHyperparameters(options.hyperparameters);
  await bringModelFolder(options.model, terminal);
  return { ...options, data };
}

async function waitFor(
  job: string,
  {
    address,
    takeIn,
    at,
  }: { readonly address: RayAddress; readonly takeIn: ImportOptions; readonly at: string },
  terminal: Terminal,
): Promise<Answer> {
  terminal.tell(
    `The job is ${job}. Ctrl+C ends the waiting alone; the job goes on, and attune cluster fetch ${job} ADAPTER ${at} brings its adapter, or attune cluster stop ${job} ${at} ends it.`,
  );
  const stages = showJob(terminal);
  const outside = await mkdtemp(join(takeIn.data, 'cluster-'));
  const folder = join(outside, 'adapter');
  try {
    await followJob({ address, id: job, folder }, { signal: terminal.signal, onProgress: stages.update });
    stages.finish();
    const { text, json } = await importFrom(folder, takeIn, terminal);
    return { text, json: { job, manifest: json } };
  } finally {
    stages.finish();
    await rm(outside, { recursive: true, force: true });
  }
}
