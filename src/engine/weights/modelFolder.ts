import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { parseTokenizer } from '../tokenizer/tokenizerFiles.ts';
import { parseModelConfig, type ModelConfig } from './modelConfig.ts';
import { modelDamaged, modelMissing } from './modelErrors.ts';
import { modelFiles } from './modelFiles.ts';
import { openInt8Weights, type Int8Weights } from './int8Weights.ts';
import { openWeightFile, type WeightFile } from './weightFile.ts';

/** A model that is ready to run. */
export interface ModelFolder {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly weights: WeightFile;
  /** Absent where they could not be made: completions are then computed in float32. */
  readonly int8Weights?: Int8Weights | undefined;
}

/**
 * The model in a Hugging Face folder with float32 weights in one file. `ensureModelFolder` makes one
 * from anything else.
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const config = await readModelConfig(folder);
  const weights = await openWeightFile(join(folder, modelFiles.weights), config);
  const files = {
    path: join(folder, modelFiles.tokenizer),
    tokenizerJson: await readJson(join(folder, modelFiles.tokenizer)),
    tokenizerConfigJson: await readJson(join(folder, modelFiles.tokenizerConfig)),
  };
  const int8Weights = await openInt8Weights(folder);
  return { config, weights, int8Weights, tokenizer: parseTokenizer(files, config.vocabularySize) };
}

/** The build of the model in a Hugging Face folder. */
export async function readModelConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, modelFiles.config);
  return parseModelConfig(await readJson(path), path);
}

/** The parsed JSON of a file that a model folder must have. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readModelText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw modelDamaged(path, 'it is not JSON.', error);
  }
}

/** The text of a file that a model folder must have. */
export async function readModelText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw modelMissing(path, error);
  }
}
