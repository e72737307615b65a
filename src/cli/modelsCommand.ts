import type { Command } from 'commander';
import { userCacheFolder } from '../engine/catalogue/cacheFolder.ts';
import { catalogue, defaultModelId, type CatalogueEntry } from '../engine/catalogue/catalogue.ts';
import { findCachedModel } from '../engine/catalogue/ensureModelFolder.ts';
import { bringModelFolder, inMegabytes } from './models.ts';
import { modelName } from './options.ts';
import type { Terminal } from './terminal.ts';

/** The commands `models` and `models fetch`. */
export function addModelsCommand(program: Command, terminal: Terminal): void {
  const models = program.command('models').description('List the models of the catalogue, or bring one.');
  models
    .command('list', { isDefault: true })
    .description('List the models, their download sizes, and which are here already.')
    .action(async () => terminal.print(await modelList()));
  models
    .command('fetch')
    .description('Download and convert a model, going on where an interrupted download ended.')
    .argument('<model>', 'catalogue id, GGUF file or Hugging Face folder', modelName)
    .action(async (model: string) => {
      terminal.print(`${model} is in ${await bringModelFolder(model, terminal)}`);
    });
}

async function modelList(): Promise<string> {
  const lines = await Promise.all(catalogue.map(modelLine));
  return [...lines, '', `Models are kept in ${userCacheFolder()}.`].join('\n');
}

async function modelLine(entry: CatalogueEntry): Promise<string> {
  const { id, bytes } = entry;
  const isHere = (await findCachedModel(entry)) !== undefined;
  const size = `${inMegabytes(bytes)} MB`;
  const notes = [isHere ? 'here' : 'to be fetched', ...(id === defaultModelId ? ['the default'] : [])];
  return `  ${id.padEnd(24)}${size.padStart(8)}   ${notes.join(', ')}`;
}
