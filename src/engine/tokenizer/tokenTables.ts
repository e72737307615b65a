import * as z from 'zod';
import { sentence } from '../../sentences/sentence.ts';
import { modelDamaged } from '../weights/modelErrors.ts';
import { bytesOfSpelling } from './byteAlphabet.ts';
import { mergeSlots } from './mergeSlots.ts';
import type { Merge, TokenizerJson } from './tokenizerFiles.ts';

/**
 * A vocabulary and its merges as flat arrays: made once of a `tokenizer.json`, later starts read them in a hundredth
 * of the time.
 */
export const tokenTablesSchema = z.object({
  /** The bytes of all tokens, one after the other; those of token t start at `starts[t]`. Special tokens have none. */
  data: z.instanceof(Uint8Array),
  /** [V + 1] */
  starts: z.instanceof(Uint32Array),
  /** [256] the token of each byte alone, -1 where there is none. */
  byteTokens: z.instanceof(Int32Array),
  /** Merge i makes one token, `merged[i]`, of `lefts[i]` and `rights[i]` behind it; those before it are made first. */
  lefts: z.instanceof(Uint32Array),
  rights: z.instanceof(Uint32Array),
  merged: z.instanceof(Uint32Array),
  /** Where the merges are found by their two tokens, see `mergeSlots`. */
  slots: z.instanceof(Int32Array),
  /** Tokens that a piece may be taken as in one, whatever merging would arrive at; none for most models. */
  whole: z.instanceof(Uint32Array),
});

export type TokenTables = Readonly<z.infer<typeof tokenTablesSchema>>;

/** Where a vocabulary comes from, and how many tokens the model has. */
export interface VocabularySource {
  /** V, rows of the embedding. */
  readonly vocabularySize: number;
  /** Of `tokenizer.json`, for messages. */
  readonly path: string;
}

/** The tables of a `tokenizer.json`. */
export function tokenTables(json: TokenizerJson, source: VocabularySource): TokenTables {
  const special = new Set(json.added_tokens.filter(({ special }) => special).map(({ content }) => content));
  const vocabulary = new Map(Object.entries(json.model.vocab));
  const takesPieces = json.model.ignore_merges === true;
  const bytes = collectBytes(vocabulary, json.added_tokens, source);
  // No merge arrives at a special token, so one is in reach only where pieces are taken as they are.
  if (takesPieces) for (const spelling of special) vocabulary.delete(spelling);
  return {
    ...bytes,
    byteTokens: findByteTokens(vocabulary),
    ...collectMerges(json.model.merges, vocabulary, special),
    whole: Uint32Array.from(takesPieces ? findPieces(vocabulary) : []),
  };
}

type Bytes = Pick<TokenTables, 'data' | 'starts'>;

function collectBytes(
  vocabulary: ReadonlyMap<string, number>,
  added: TokenizerJson['added_tokens'],
  { vocabularySize, path }: VocabularySource,
): Bytes {
  const parts = new Array<Uint8Array>(vocabularySize).fill(new Uint8Array());
  const put = (id: number, bytes: Uint8Array) => {
    if (!Number.isInteger(id) || id < 0) throw modelDamaged(path, sentence`a token's id is ${String(id)}.`);
    if (id >= vocabularySize)
      throw modelDamaged(path, sentence`it has a token ${id}, but the model only ${vocabularySize}.`);
    parts[id] = bytes;
  };
  for (const [spelling, id] of vocabulary) put(id, bytesOfSpelling(spelling) ?? utf8(spelling));
  // The spelling of an added token is its text, not written in the byte alphabet.
  for (const { id, content, special } of added) put(id, special ? new Uint8Array() : utf8(content));
  return joinBytes(parts);
}

function joinBytes(parts: readonly Uint8Array[]): Bytes {
  const starts = new Uint32Array(parts.length + 1);
  parts.forEach((part, token) => (starts[token + 1] = starts[token]! + part.length));
  return { data: new Uint8Array(Buffer.concat(parts)), starts };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function findByteTokens(vocabulary: ReadonlyMap<string, number>): Int32Array<ArrayBuffer> {
  const tokens = new Int32Array(256).fill(-1);
  for (const [spelling, id] of vocabulary) {
    const byte = spelling.length === 1 ? bytesOfSpelling(spelling)?.[0] : undefined;
    if (byte !== undefined) tokens[byte] = id;
  }
  return tokens;
}

function findPieces(vocabulary: ReadonlyMap<string, number>): number[] {
  return [...vocabulary].flatMap(([spelling, id]) => (bytesOfSpelling(spelling) === undefined ? [] : [id]));
}

/** Those that arrive at a token of the vocabulary, but at no special one. */
function collectMerges(
  merges: readonly Merge[],
  vocabulary: ReadonlyMap<string, number>,
  special: ReadonlySet<string>,
): Pick<TokenTables, 'lefts' | 'rights' | 'merged' | 'slots'> {
  const found = merges.flatMap((merge) => {
    const [left, right] = partsOf(merge);
    const spelling = left + right;
    const tokens = [left, right, spelling].map((part) => vocabulary.get(part));
    return special.has(spelling) || !tokens.every((token) => token !== undefined) ? [] : [tokens];
  });
  const column = (index: number) => Uint32Array.from(found, (tokens) => tokens[index]!);
  const [lefts, rights, merged] = [column(0), column(1), column(2)];
  return { lefts, rights, merged, slots: mergeSlots({ lefts, rights }) };
}

/** Older files write a merge as two tokens with a blank between, newer ones as a pair. */
function partsOf(merge: Merge): readonly [string, string] {
  if (typeof merge !== 'string') return merge;
  const [left = '', right = ''] = merge.split(' ', 2);
  return [left, right];
}
