import type { Command } from 'commander';
import { userCacheFolder } from '../engine/catalogue/cacheFolder.ts';
import { catalogue, defaultModelId, type CatalogueEntry } from '../engine/catalogue/catalogue.ts';
import { findCachedModel } from '../engine/catalogue/cachedModel.ts';
import type { PredictedModel } from '../process/clients.ts';
import { predictModels } from '../process/training/predictModels.ts';
import { decimals, roughly } from '../sentences/decimals.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { bringModelFolder, inMegabytes } from './models.ts';
import { modelName, threadsOption } from './options.ts';
import type { Terminal } from './terminal.ts';

/** The commands `models` and `models fetch`. */
export function addModelsCommand(program: Command, terminal: Terminal): void {
  const models = program.command('models').description('List the models of the catalogue, or bring one.');
  models
    .command('list', { isDefault: true })
    .description('List the models, their download sizes, and which are here already.')
    .option('--speed', 'find out how each will run on this machine, in a few seconds')
    .addOption(threadsOption())
    .addOption(jsonOption())
    .action(async (options: ListOptions) =>
      giveAnswer(terminal, options, await modelList(options, terminal)),
    );
  models
    .command('fetch')
    .description('Download and convert a model, going on where an interrupted download ended.')
    .argument('<model>', 'catalogue id, GGUF file or Hugging Face folder', modelName)
    .addOption(jsonOption())
    .action(async (model: string, options: AnswerOptions) => {
      const folder = await bringModelFolder(model, terminal);
      giveAnswer(terminal, options, { text: `${model} is in ${folder}`, json: { model, folder } });
    });
}

interface ListOptions extends AnswerOptions {
  readonly speed?: boolean;
  readonly threads: number;
}

interface ListedModel {
  readonly id: string;
  /** To be downloaded. */
  readonly bytes: number;
  readonly isHere: boolean;
  readonly isDefault: boolean;
  /** How it will run on this machine; absent where that is not asked. */
  readonly predicted?: Omit<PredictedModel, 'model'>;
}

async function modelList(options: ListOptions, terminal: Pick<Terminal, 'signal'>): Promise<Answer> {
  const listed = await Promise.all(catalogue.map(listedModel));
  const models = options.speed === true ? await withPredictions(listed, options, terminal) : listed;
  const cacheFolder = userCacheFolder();
  const lines = [...models.map(modelLine), '', `Models are kept in ${cacheFolder}.`];
  return { text: lines.join('\n'), json: { cacheFolder, models } };
}

async function withPredictions(
  listed: readonly ListedModel[],
  { threads }: Pick<ListOptions, 'threads'>,
  { signal }: Pick<Terminal, 'signal'>,
): Promise<ListedModel[]> {
  const predictions = await predictModels({ models: listed.map(({ id }) => id), threads }, signal);
  return listed.map((one) => {
    const { speed, memoryBytes } = predictions.find(({ model }) => model === one.id)!;
    return { ...one, predicted: { speed, memoryBytes } };
  });
}

async function listedModel(entry: CatalogueEntry): Promise<ListedModel> {
  const { id, bytes } = entry;
  const isHere = (await findCachedModel(entry)) !== undefined;
  return { id, bytes, isHere, isDefault: id === defaultModelId };
}

function modelLine({ id, bytes, isHere, isDefault, predicted }: ListedModel): string {
  const size = `${inMegabytes(bytes)} MB`;
  const notes = [
    isHere ? 'here' : 'to be fetched',
    ...(isDefault ? ['the default'] : []),
    ...(predicted === undefined ? [] : [predictionText(predicted)]),
  ];
  return `  ${id.padEnd(24)}${size.padStart(8)}   ${notes.join(', ')}`;
}

function predictionText({ speed, memoryBytes }: NonNullable<ListedModel['predicted']>): string {
  const [tokens, ms] = [roughly(speed.promptTokensPerSecond), roughly(speed.msPerToken)];
  return `about ${tokens} tokens/s read, ${ms} ms to write one, ${decimals(memoryBytes / 1e9, 1)} GB of memory`;
}
