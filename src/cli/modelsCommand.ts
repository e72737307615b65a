import type { Command } from 'commander';
import { userCacheFolder } from '../engine/catalogue/cacheFolder.ts';
import { catalogue, defaultModelId, type CatalogueEntry } from '../engine/catalogue/catalogue.ts';
import { findCachedModel } from '../engine/catalogue/cachedModel.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { bringModelFolder, inMegabytes } from './models.ts';
import { modelName } from './options.ts';
import type { Terminal } from './terminal.ts';

/** The commands `models` and `models fetch`. */
export function addModelsCommand(program: Command, terminal: Terminal): void {
  const models = program.command('models').description('List the models of the catalogue, or bring one.');
  models
    .command('list', { isDefault: true })
    .description('List the models, their download sizes, and which are here already.')
    .addOption(jsonOption())
    .action(async (options: AnswerOptions) => giveAnswer(terminal, options, await modelList()));
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

interface ListedModel {
  readonly id: string;
  /** To be downloaded. */
  readonly bytes: number;
  readonly isHere: boolean;
  readonly isDefault: boolean;
}

async function modelList(): Promise<Answer> {
  const models = await Promise.all(catalogue.map(listedModel));
  const cacheFolder = userCacheFolder();
  const lines = [...models.map(modelLine), '', `Models are kept in ${cacheFolder}.`];
  return { text: lines.join('\n'), json: { cacheFolder, models } };
}

async function listedModel(entry: CatalogueEntry): Promise<ListedModel> {
  const { id, bytes } = entry;
  const isHere = (await findCachedModel(entry)) !== undefined;
  return { id, bytes, isHere, isDefault: id === defaultModelId };
}

function modelLine({ id, bytes, isHere, isDefault }: ListedModel): string {
  const size = `${inMegabytes(bytes)} MB`;
  const notes = [isHere ? 'here' : 'to be fetched', ...(isDefault ? ['the default'] : [])];
  return `  ${id.padEnd(24)}${size.padStart(8)}   ${notes.join(', ')}`;
}
