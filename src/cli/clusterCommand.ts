import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { writeWhole } from '../feedback/storing/writeWhole.ts';
import { progressIn, stagesIn, writeLoggedFiles } from '../process/cluster/clusterLog.ts';
import type { ClusterExport } from '../process/cluster/clusterExports.ts';
import { clusterMethods, type ClusterMethod } from '../process/cluster/clusterMethods.ts';
import { exportWork } from '../process/cluster/clusterWork.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { jobLogs, jobStatus, stopJob, type RayAddress } from '../process/cluster/rayJobs.ts';
import { parseHyperparameters } from '../process/training/retraining.ts';
import { progressBody } from '../report/reportBody.ts';
import { stageParts } from '../report/stageParts.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { addClearCommand } from './clusterClear.ts';
import { addressOf, addressOption, plainHttpOption, type AddressOptions } from './clusterOptions.ts';
import { addSubmitCommand, previewOf } from './clusterSubmit.ts';
import { jobUnfinished } from './errors.ts';
import { hyperparametersOption, readHyperparameters } from './hyperparametersOption.ts';
import { bringModelFolder } from './models.ts';
import {
  dataOption,
  limitsOf,
  modelOption,
  positiveNumber,
  promptTokensOption,
  seedOption,
} from './options.ts';
import { requireFolder, requireNewPlace, requirePlaceOf } from './paths.ts';
import { reportPage } from './reportPage.ts';
import type { Terminal } from './terminal.ts';

interface ExportOptions extends AnswerOptions {
  readonly data: string;
  readonly model: string;
  readonly seed: number;
  readonly method?: ClusterMethod;
  readonly hyperparameters?: string;
  readonly basePath: string;
  readonly storage: string;
  readonly workers: number;
  readonly maxPromptTokens: number;
  readonly gpu?: boolean;
}

interface StatusOptions extends AddressOptions {
  /** Where the page shall go; absent: text on the terminal alone. */
  readonly html?: string;
}

/** The order in which the commands are used. */
const order = `
In this order:
  attune cluster export JOB --data DIR --base-path PATH --storage PATH  # 1. write what would travel; look into it
  attune cluster submit JOB --address URL                               # 2. see it named, say yes, get the job’s ID
  attune cluster status ID --address URL                                # 3. how far it is; cluster stop ends it
  attune cluster fetch ID ADAPTER --address URL                         # 4. bring the adapter, once it is done
  attune adapters import ADAPTER --data DIR                             # 5. your held-out work decides if it serves

cluster submit JOB --address URL --wait --data DIR does 2 to 5 in one go.
Your rows stay on the cluster, so that a job can go on: cluster clear ID removes them.`;

/** The command `cluster` with all that leads to an adapter from there. */
export function addClusterCommand(program: Command, terminal: Terminal): void {
  const cluster = program
    .command('cluster')
    .description('Retrain on a Ray cluster: only what you export travels, and the gate here decides.')
    .addHelpText('after', order);
  addExport(cluster, terminal);
  addSubmitCommand(cluster, terminal);
  cluster
    .command('status')
    .description('Show how far a job is.')
    .argument('<job>', 'its id, as submit told it')
    .addOption(addressOption())
    .addOption(plainHttpOption())
    .option('--html <file>', 'write the learning report as far as it has come, with all curves')
    .addOption(jsonOption())
    .action(async (job: string, options: StatusOptions) => {
      giveAnswer(terminal, options, await statusOf(job, options, terminal.signal));
    });
  cluster
    .command('stop')
    .description('End a job on the cluster. One that has ended stays as it is.')
    .argument('<job>', 'its id, as submit told it')
    .addOption(addressOption())
    .addOption(plainHttpOption())
    .addOption(jsonOption())
    .action(async (job: string, options: AddressOptions) => {
      giveAnswer(terminal, options, await stop(job, addressOf(options), terminal.signal));
    });
  cluster
    .command('fetch')
    .description('Bring the adapter of a job that has ended, as a PEFT folder. It serves nowhere yet.')
    .argument('<job>', 'its id, as submit told it')
    .argument('<folder>', 'a new folder')
    .addOption(addressOption())
    .addOption(plainHttpOption())
    .addOption(jsonOption())
    .action(async (job: string, folder: string, options: AddressOptions) => {
      giveAnswer(terminal, options, await fetchAdapter({ job, folder }, addressOf(options), terminal.signal));
    });
  addClearCommand(cluster, terminal);
}

function addExport(cluster: Command, terminal: Terminal): void {
  cluster
    .command('export')
    .description('Write what a cluster shall train on to a folder: rows for TRL and one YAML file.')
    .argument('<folder>', 'a new folder')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .addOption(promptTokensOption())
    .addOption(hyperparametersOption())
    .addOption(methodOption())
    .requiredOption('--base-path <path>', 'folder of the same model on every node of the cluster')
    .requiredOption('--storage <path>', 'folder that all nodes share, for checkpoints')
    .addOption(new Option('--workers <count>', 'workers that train').default(1).argParser(positiveNumber))
    .option('--gpu', 'each worker has a graphics card')
    .addOption(jsonOption())
    .action(async (folder: string, options: ExportOptions) => {
      const written = await exportJob(folder, options, terminal);
      const text = `${previewOf([written])}\nNothing has left this machine: attune cluster submit sends it.`;
      const json = { folder: resolve(folder), files: written.files };
      giveAnswer(terminal, options, { text, json });
    });
}

function methodOption(): Option {
  const description = 'what follows SFT; absent: as --hyperparameters says, else ppo';
  return new Option('--method <name>', description).choices(clusterMethods);
}

async function exportJob(folder: string, options: ExportOptions, terminal: Terminal): Promise<ClusterExport> {
  await requireFolder(options.data);
  await requireNewPlace(folder);
  const hyperparameters = await readHyperparameters(options.hyperparameters);
  const method = options.method ?? parseHyperparameters(hyperparameters).method;
  await bringModelFolder(options.model, terminal);
  const { model, seed, storage, workers, gpu: usesGpu = false, basePath } = options;
  return exportWork(
    {
      ...{ model, method, hyperparameters, seed, storage, workers, usesGpu, basePath, ...limitsOf(options) },
      ...{ folder, storePath: dataPathsIn(options.data).store },
    },
    { signal: terminal.signal },
  );
}

async function statusOf(job: string, options: StatusOptions, signal: AbortSignal): Promise<Answer> {
  const { html } = options;
  const address = addressOf(options);
  await requirePlaceOf(html);
  const { status, message } = await jobStatus(address, job, signal);
  const log = await jobLogs(address, job, signal);
  const last = progressIn(log).at(-1);
  const numbers = Object.entries(last?.numbers ?? {}).map(
    ([name, value]) => `${name} ${value.toPrecision(4)}`,
  );
  if (html !== undefined) {
    const body = progressBody({ job, status, stages: stageParts(stagesIn(log)) });
    await writeWhole(html, await reportPage(`Attune: ${job}`, body));
  }
  const lines = [
    `${job}: ${status}`,
    ...(last === undefined ? [] : [`  ${last.stage}, step ${last.step} of ${last.totalSteps}`]),
    ...(numbers.length === 0 ? [] : [`  ${numbers.join(', ')}`]),
    ...(status === 'FAILED' ? [`  ${message ?? ''}`] : []),
    ...(html === undefined ? [] : [`The learning report as far as it has come was written to ${html}.`]),
  ];
  return { text: lines.join('\n'), json: { job, status, message, progress: last } };
}

async function stop(job: string, address: RayAddress, signal: AbortSignal): Promise<Answer> {
  await stopJob(address, job, signal);
  const { status } = await jobStatus(address, job, signal);
  return { text: `The cluster was asked to stop ${job}. It is ${status} now.`, json: { job, status } };
}

async function fetchAdapter(
  { job, folder }: { readonly job: string; readonly folder: string },
  address: RayAddress,
  signal: AbortSignal,
): Promise<Answer> {
  await requireNewPlace(folder);
  const { status } = await jobStatus(address, job, signal);
  if (status !== 'SUCCEEDED') throw jobUnfinished(job, status);
  await writeLoggedFiles(await jobLogs(address, job, signal), resolve(folder));
  const text = `The adapter was written to ${folder}. The gate judges it on your own held-out work: attune adapters import ${folder}`;
  return { text, json: { job, folder: resolve(folder) } };
}
