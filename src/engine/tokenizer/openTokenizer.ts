import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { replaceFile } from '../files.ts';
import { modelFiles } from '../weights/modelFiles.ts';
import { parseJson, readModelFile } from '../weights/modelTexts.ts';
import { ByteLevelTokenizer } from './byteLevelTokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';
import { parseTokenizerParts, tokenizerPartsSchema, type TokenizerParts } from './tokenizerFiles.ts';

/**
 * What a tokenizer is made from, beside its files: reading it takes a twentieth of the time that `tokenizer.json`
 * takes. It begins with a SHA-256 of the tokenizer's files, of the model's size and of itself, so it is used neither
 * for another tokenizer nor after it was damaged. The number changes with what stands in it.
 */
const partsFileName = 'tokenizer-parts-v2.bin';

/** Of a SHA-256. */
const digestBytes = 32;

/** The files of a tokenizer, and the model it is for. */
interface TokenizerSource {
  readonly tokenizerJson: Buffer;
  readonly tokenizerConfigJson: Buffer;
  readonly vocabularySize: number;
}

/** The tokenizer in a model folder, for a model with that many embedding rows. */
export async function openTokenizer(folder: string, vocabularySize: number): Promise<Tokenizer> {
  const path = join(folder, modelFiles.tokenizer);
  const source = {
    tokenizerJson: await readModelFile(path),
    tokenizerConfigJson: await readModelFile(join(folder, modelFiles.tokenizerConfig)),
    vocabularySize,
  };
  const partsPath = join(folder, partsFileName);
  const kept = await readParts(partsPath, source);
  const parts = kept ?? parseParts(folder, source);
  const tokenizer = new ByteLevelTokenizer(parts, path);
  // Where nothing can be written, each start takes longer and nothing else changes.
  if (kept === undefined) await writeParts(partsPath, parts, source).catch(() => undefined);
  return tokenizer;
}

function parseParts(
  folder: string,
  { tokenizerJson, tokenizerConfigJson, vocabularySize }: TokenizerSource,
): TokenizerParts {
  const path = join(folder, modelFiles.tokenizer);
  const files = {
    path,
    tokenizerJson: parseJson(tokenizerJson, path),
    tokenizerConfigJson: parseJson(tokenizerConfigJson, join(folder, modelFiles.tokenizerConfig)),
  };
  return parseTokenizerParts(files, vocabularySize);
}

/** Undefined where there are none, or none of this tokenizer. */
async function readParts(path: string, source: TokenizerSource): Promise<TokenizerParts | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  const digest = bytes?.subarray(0, digestBytes);
  const content = bytes?.subarray(digestBytes);
  if (content === undefined || digest?.equals(digestOf(source, content)) !== true) return undefined;
  try {
    return tokenizerPartsSchema.parse(deserialize(content));
  } catch {
    // A newer V8 wrote it than this one.
    return undefined;
  }
}

async function writeParts(path: string, parts: TokenizerParts, source: TokenizerSource): Promise<void> {
  const content = serialize(parts);
  await replaceFile(path, (file) => file.writeFile([digestOf(source, content), content]));
}

function digestOf(source: TokenizerSource, content: Uint8Array): Buffer {
  const hash = createHash('sha256');
  const sizes = [source.tokenizerJson.length, source.tokenizerConfigJson.length, source.vocabularySize];
  hash.update(`${sizes.join(' ')}\n`);
  return hash.update(source.tokenizerJson).update(source.tokenizerConfigJson).update(content).digest();
}
