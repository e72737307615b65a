import { ByteLevelTokenizer } from '../../src/engine/tokenizer/byteLevelTokenizer.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { parseTokenizerParts, type TokenizerFiles } from '../../src/engine/tokenizer/tokenizerFiles.ts';

/** The tokenizer that these files describe, for a model with that many embedding rows. */
export function parseTokenizer(files: TokenizerFiles, vocabularySize: number): Tokenizer {
  return new ByteLevelTokenizer(parseTokenizerParts(files, vocabularySize), files.path);
}
