import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { sentence } from '../../sentences/sentence.ts';
import { invariant } from '../invariant.ts';
import { modelDamaged, modelUnsupported } from '../weights/modelErrors.ts';
import { bytesOfSpelling } from './byteAlphabet.ts';
import { withExplicitPatterns } from './preTokenizers.ts';
import type { ChatTokens, FimTokens, Tokenizer } from './tokenizer.ts';
import type { Merge, TokenizerJson } from './tokenizerFiles.ts';

/** How the end of a text is spelled, likeliest first; a model with none of these ends it with its own end token. */
const endOfTextSpellings = ['<|endoftext|>', '<|end_of_text|>'];

/** How models that were trained on fill-in-the-middle spell its marks. */
const fimSpellings = [
  { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>' },
  { prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>' },
];

/** What a tokenizer is made from. */
export interface TokenizerParts {
  readonly json: TokenizerJson;
  /** Spelling of the model's own end token; absent when its files name none. */
  readonly endToken: string | undefined;
  /** V, rows of the embedding. */
  readonly vocabularySize: number;
  /** Of `tokenizer.json`, for messages. */
  readonly path: string;
}

/**
 * A byte-level BPE tokenizer over `@huggingface/tokenizers`. It differs from what Hugging Face does
 * with the same file in two points, because an editor must get back the bytes it gave: special
 * tokens spelled out in a text are plain text, and a text is not normalised first (Qwen's file asks
 * for NFC, which matters only where combining characters stand apart).
 */
export class ByteLevelTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly endOfText: number;
  readonly stopTokens: ReadonlySet<number>;
  readonly fim: FimTokens | undefined;
  readonly chat: ChatTokens | undefined;
  readonly #encoder: HuggingFaceTokenizer;
  readonly #bytes: TokenBytes;

  constructor({ json, endToken, vocabularySize, path }: TokenizerParts) {
    const special = new Map(
      json.added_tokens.filter((token) => token.special).map(({ content, id }) => [content, id]),
    );
    this.vocabularySize = vocabularySize;
    this.endOfText = findEndOfText(special, endToken, path);
    // No text follows a special token, whatever it means, so each of them ends a completion.
    this.stopTokens = new Set([this.endOfText, ...special.values()]);
    this.fim = findFim(special);
    this.chat = findChat(special);
    this.#encoder = openEncoder(json, special);
    this.#bytes = collectBytes(this.#encoder, json.added_tokens, { vocabularySize, path });
  }

  encode(text: string): number[] {
    return this.#encoder.encode(text, { add_special_tokens: false }).ids;
  }

  decode(tokens: readonly number[]): string {
    const parts = tokens.map((token) => this.bytesOf(token));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
  }

  bytesOf(token: number): Uint8Array {
    invariant(token >= 0 && token < this.vocabularySize, `token ${token} of ${this.vocabularySize}`);
    return this.#bytes.data.subarray(this.#bytes.starts[token], this.#bytes.starts[token + 1]);
  }
}

/** The bytes of all tokens, one after the other; those of token t start at `starts[t]`. */
interface TokenBytes {
  readonly data: Uint8Array;
  /** [V + 1] */
  readonly starts: Uint32Array;
}

function findEndOfText(
  special: ReadonlyMap<string, number>,
  endToken: string | undefined,
  path: string,
): number {
  const spellings = endToken === undefined ? endOfTextSpellings : [...endOfTextSpellings, endToken];
  const tokens = spellings.map((spelling) => special.get(spelling));
  const found = tokens.find((token) => token !== undefined);
  if (found === undefined)
    throw modelUnsupported(path, sentence`its tokenizer has no token that ends a text.`);
  return found;
}

function findFim(special: ReadonlyMap<string, number>): FimTokens | undefined {
  for (const spelling of fimSpellings) {
    const prefix = special.get(spelling.prefix);
    const suffix = special.get(spelling.suffix);
    const middle = special.get(spelling.middle);
    if (prefix !== undefined && suffix !== undefined && middle !== undefined)
      return { prefix, suffix, middle };
  }
  return undefined;
}

function findChat(special: ReadonlyMap<string, number>): ChatTokens | undefined {
  const start = special.get('<|im_start|>');
  const end = special.get('<|im_end|>');
  return start === undefined || end === undefined ? undefined : { start, end };
}

/**
 * Hugging Face's tokenizer without its normaliser, without what it adds around a text, and without
 * its special tokens: not even merging can arrive at one.
 */
function openEncoder(json: TokenizerJson, special: ReadonlyMap<string, number>): HuggingFaceTokenizer {
  const lastCharacters = new Set(Array.from(special.keys(), (spelling) => spelling.at(-1)));
  const merges = json.model.merges.filter(
    (merge) => !lastCharacters.has(merge.at(-1)?.at(-1)) || !special.has(mergedSpelling(merge)),
  );
  return new HuggingFaceTokenizer(
    {
      added_tokens: json.added_tokens.filter((token) => !token.special),
      normalizer: null,
      pre_tokenizer: withExplicitPatterns(json.pre_tokenizer),
      post_processor: null,
      decoder: null,
      model: { ...json.model, vocab: reachableVocabulary(json.model, special), merges },
    },
    {},
  );
}

/**
 * No merge arrives at a special token, so one is in reach only where pieces are taken as they are. Copying
 * a vocabulary takes a tenth of a second of each start.
 */
function reachableVocabulary(
  { vocab, ignore_merges: takesPieces }: TokenizerJson['model'],
  special: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  if (takesPieces !== true) return vocab;
  return Object.fromEntries(Object.entries(vocab).filter(([spelling]) => !special.has(spelling)));
}

/** Older files write a merge as two tokens with a blank between, newer ones as a pair. */
function mergedSpelling(merge: Merge): string {
  return typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
}

function collectBytes(
  { model }: HuggingFaceTokenizer,
  added: TokenizerJson['added_tokens'],
  { vocabularySize, path }: { vocabularySize: number; path: string },
): TokenBytes {
  const parts = new Array<Uint8Array>(vocabularySize).fill(new Uint8Array());
  const put = (id: number, bytes: Uint8Array) => {
    if (!Number.isInteger(id) || id < 0) throw modelDamaged(path, sentence`a token's id is ${String(id)}.`);
    if (id >= vocabularySize)
      throw modelDamaged(path, sentence`it has a token ${id}, but the model only ${vocabularySize}.`);
    parts[id] = bytes;
  };
  // Its own map, since walking through the object of the file again takes three times as long.
  for (const [spelling, id] of model!.tokens_to_ids) put(id, bytesOfSpelling(spelling) ?? utf8(spelling));
  // The spelling of an added token is its text, not written in the byte alphabet.
  for (const { id, content, special } of added) put(id, special ? new Uint8Array() : utf8(content));
  return joinBytes(parts);
}

function joinBytes(parts: readonly Uint8Array[]): TokenBytes {
  const starts = new Uint32Array(parts.length + 1);
  parts.forEach((part, token) => (starts[token + 1] = starts[token]! + part.length));
  return { data: Buffer.concat(parts), starts };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
