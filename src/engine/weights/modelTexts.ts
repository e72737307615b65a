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
  return parseJson(await readModelFile(path), path);
}

/** The parsed JSON in the file at `path`. */
export function parseJson(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw modelDamaged(path, sentence`it is not JSON.`, error);
  }
}

/** The text of a file that a model folder must have. */
export async function readModelText(path: string): Promise<string> {
  return (await readModelFile(path)).toString('utf8');
}

/** What stands in a file that a model folder must have. */
export async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw modelMissing(path, error);
  }
}
