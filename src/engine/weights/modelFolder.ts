import { join } from 'node:path';
import { integerBitsOf } from '../runtime/integerKernels.ts';
import { openTokenizer } from '../tokenizer/openTokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ModelConfig } from './modelConfig.ts';
import { modelFiles } from './modelFiles.ts';
import { readModelConfig } from './modelTexts.ts';
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
  const tokenizer = await openTokenizer(folder, config.vocabularySize);
  const int8Weights = await openInt8Weights(folder, {
    weightPath: weights.path,
    bits: await integerBitsOf(),
  });
  return { config, weights, int8Weights, tokenizer };
}
