import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sentence } from '../../sentences/sentence.ts';
import { parseModelConfig, type ModelConfig } from './modelConfig.ts';
import { modelDamaged, modelMissing } from './modelErrors.ts';
import { modelFiles } from './modelFiles.ts';

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
    throw modelDamaged(path, sentence`it is not JSON.`, error);
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
