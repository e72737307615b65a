import { ggufTokenizer } from '../tokenizer/ggufTokenizer.ts';
import { readGguf } from './ggufFile.ts';
import { requireTensors } from './weightFile.ts';
import { writeModelFolder, type ConvertOptions } from './writeModelFolder.ts';

/** Turns the GGUF file at `path` into a model folder. */
export async function convertGguf(path: string, folder: string, options: ConvertOptions): Promise<void> {
  const { config, metadata, tensors } = await readGguf(path);
  const { tokenizerJson, tokenizerConfigJson } = ggufTokenizer(metadata, path);
  await writeModelFolder(
    folder,
    { config, tokenizerJson, tokenizerConfigJson, tensors: requireTensors(tensors, config, path) },
    options,
  );
}
