import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOfSpelling } from '../../src/engine/tokenizer/byteAlphabet.ts';
import { toConfigJson, type ModelConfig } from '../../src/engine/weights/modelConfig.ts';
import { modelFiles } from '../../src/engine/weights/modelFiles.ts';
import { tinyConfig, writeTinyModel } from './tinyModel.ts';

/** The token that ends a text; those before it are the 256 bytes, each under its own number. */
const endOfText = 256;

/** Writes the folder of a tiny model with a tokenizer of single bytes, as `openModelFolder` takes it; it goes when the test ends. */
export async function writeTinyModelFolder(
  seed = 1,
  build: ModelConfig = tinyConfig,
  sharpness = 1,
): Promise<string> {
  const config = { ...build, vocabularySize: endOfText + 1 };
  const { weights } = await writeTinyModel(config, seed, sharpness);
  const folder = dirname(weights.path);
  const files = {
    [modelFiles.config]: toConfigJson(config),
    [modelFiles.tokenizer]: byteTokenizerJson(),
    [modelFiles.tokenizerConfig]: {},
  };
  for (const [name, json] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(json));
  return folder;
}

function byteTokenizerJson(): Record<string, unknown> {
  const characters = Array.from({ length: 0x200 }, (_, code) => String.fromCharCode(code));
  const vocab = characters.flatMap((character) => {
    const bytes = bytesOfSpelling(character);
    return bytes === undefined ? [] : [[character, bytes[0]] as const];
  });
  return {
    added_tokens: [{ id: endOfText, content: '<|endoftext|>', special: true }],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    model: { type: 'BPE', vocab: Object.fromEntries(vocab), merges: [] },
  };
}
