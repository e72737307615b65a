import { dirname, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { progressIn, writeLoggedFiles } from '../process/clusterLog.ts';
import { clusterExports, type ClusterExport } from '../process/clusterExports.ts';
import { clusterMethods, type ClusterMethod } from '../process/clusterMethods.ts';
import { exportWork, submitExports } from '../process/clusterWork.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { jobLogs, jobStatus, rayAddress, type RayAddress } from '../process/rayJobs.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { jobUnfinished } from './errors.ts';
import { hyperparametersOption, readHyperparameters } from './hyperparametersOption.ts';
import { bringModelFolder } from './models.ts';
import { dataOption, defaultLimits, modelOption, positiveNumber, seedOption } from './options.ts';
import { requireFolder, requireNothingAt } from './paths.ts';
import type { Terminal } from './terminal.ts';

interface ExportOptions extends AnswerOptions {
  readonly data: string;
  readonly model: string;
  readonly seed: number;
  readonly method: ClusterMethod;
  readonly hyperparameters?: string;
  readonly basePath: string;
  readonly storage: string;
  readonly workers: number;
  readonly gpu?: boolean;
}

interface AddressOptions extends AnswerOptions {
  readonly address: string;
  readonly plainHttp?: boolean;
}

interface SubmitOptions extends AddressOptions {
  readonly yes?: boolean;
}

/** Where the token of a cluster is taken from: an argument would be seen in the list of processes. */
const tokenVariable = 'ATTUNE_CLUSTER_TOKEN';

/** The commands `cluster export`, `cluster submit`, `cluster status` and `cluster fetch`. */
export function addClusterCommand(program: Command, terminal: Terminal): void {
  const cluster = program
    .command('cluster')
    .description('Retrain on a Ray cluster: only what you export travels, and the gate here decides.');
  addExport(cluster, terminal);
  addSubmit(cluster, terminal);
  cluster
    .command('status')
    .description('Show how far a job is.')
    .argument('<job>', 'its id, as submit told it')
    .addOption(addressOption())
    .addOption(plainHttpOption())
    .addOption(jsonOption())
    .action(async (job: string, options: AddressOptions) => {
      giveAnswer(terminal, options, await statusOf(addressOf(options), job));
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
      giveAnswer(terminal, options, await fetchAdapter(job, folder, addressOf(options)));
    });
}

function addExport(cluster: Command, terminal: Terminal): void {
  cluster
    .command('export')
    .description('Write what a cluster shall train on to a folder: rows for TRL and one YAML file.')
    .argument('<folder>', 'a new folder')
    .addOption(dataOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .addOption(hyperparametersOption())
    .addOption(new Option('--method <name>', 'what follows SFT').choices(clusterMethods).default('dpo'))
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

function addSubmit(cluster: Command, terminal: Terminal): void {
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
    .addHelpText('after', `\nA token in ${tokenVariable} is sent along.`)
    .addOption(jsonOption())
    .action(async (folders: string[], options: SubmitOptions) => {
      giveAnswer(terminal, options, await submit(folders, options, terminal));
    });
}

function addressOption(): Option {
  return new Option('--address <url>', 'the cluster’s dashboard, https://HOST:PORT').makeOptionMandatory();
}

function plainHttpOption(): Option {
  return new Option('--plain-http', 'send without TLS to another machine; http:// alone is refused');
}

function addressOf({ address, plainHttp = false }: AddressOptions): RayAddress {
  return rayAddress(address, process.env[tokenVariable], plainHttp);
}

async function exportJob(folder: string, options: ExportOptions, terminal: Terminal): Promise<ClusterExport> {
  await requireFolder(options.data);
  await requireFolder(dirname(resolve(folder)));
  requireNothingAt(folder);
  const hyperparameters = await readHyperparameters(options.hyperparameters);
  await bringModelFolder(options.model, terminal);
  const { model, method, seed, storage, workers, gpu: usesGpu = false, basePath } = options;
  return exportWork(
    {
      ...{ model, method, hyperparameters, seed, storage, workers, usesGpu, basePath, ...defaultLimits },
      ...{ folder, storePath: dataPathsIn(options.data).store },
    },
    { signal: terminal.signal },
  );
}

/** What would travel, file by file, so that each person finds their own in it. */
function previewOf(exports: readonly ClusterExport[]): string {
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
  { confirm, tell }: Terminal,
): Promise<Answer> {
  for (const folder of folders) await requireFolder(folder);
  const address = addressOf(options);
  const exports = await clusterExports(folders);
  tell(`${previewOf(exports)}\nWith it goes the program that trains, which holds nothing of yours.`);
  const isMeant = options.yes === true || (await confirm(`Send this to ${address.url.href}?`));
  if (!isMeant) return { text: 'Nothing was sent.', json: { job: null } };
  const job = await submitExports(address, exports);
  const text = `The job is ${job}.\nHow far it is: attune cluster status ${job} --address ${options.address}`;
  return { text, json: { job } };
}

async function statusOf(address: RayAddress, job: string): Promise<Answer> {
  const { status, message } = await jobStatus(address, job);
  const last = progressIn(await jobLogs(address, job)).at(-1);
  const numbers = Object.entries(last?.numbers ?? {}).map(
    ([name, value]) => `${name} ${value.toPrecision(4)}`,
  );
  const lines = [
    `${job}: ${status}`,
    ...(last === undefined ? [] : [`  ${last.stage}, step ${last.step} of ${last.totalSteps}`]),
    ...(numbers.length === 0 ? [] : [`  ${numbers.join(', ')}`]),
    ...(status === 'FAILED' ? [`  ${message ?? ''}`] : []),
  ];
  return { text: lines.join('\n'), json: { job, status, message, progress: last } };
}

async function fetchAdapter(job: string, folder: string, address: RayAddress): Promise<Answer> {
  await requireFolder(dirname(resolve(folder)));
  requireNothingAt(folder);
  const { status } = await jobStatus(address, job);
  if (status !== 'SUCCEEDED') throw jobUnfinished(job, status);
  await writeLoggedFiles(await jobLogs(address, job), resolve(folder));
  const text = `The adapter was written to ${folder}. The gate judges it on your own held-out work: attune adapters import ${folder}`;
  return { text, json: { job, folder: resolve(folder) } };
}
