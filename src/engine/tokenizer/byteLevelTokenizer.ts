import { Model, Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { sentence } from '../../sentences/sentence.ts';
import { invariant } from '../invariant.ts';
import { modelUnsupported } from '../weights/modelErrors.ts';
import { BytePairs } from './bytePairs.ts';
import { chatSpelling, endOfTextSpellings, fimSpellings, repositorySpelling } from './marks.ts';
import { withExplicitPatterns } from './preTokenizers.ts';
import type { ChatTokens, FimTokens, RepositoryTokens, Tokenizer } from './tokenizer.ts';
import type { TokenizerParts } from './tokenizerFiles.ts';
import type { TokenTables } from './tokenTables.ts';

/**
 * A byte-level BPE tokenizer. `@huggingface/tokenizers` cuts texts into pieces; it would build its tables of strings
 * anew at each start, half a second for 150,000 tokens, so ours merge. It differs from what Hugging Face does
 * with the same file in two points, because an editor must get back the bytes it gave: special
 * tokens spelled out in a text are plain text, and a text is not normalised first (Qwen's file asks
 * for NFC, which matters only where combining characters stand apart).
 */
export class ByteLevelTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly endOfText: number;
  readonly stopTokens: ReadonlySet<number>;
  readonly fim: FimTokens | undefined;
  readonly repository: RepositoryTokens | undefined;
  readonly chat: ChatTokens | undefined;
  readonly #cutter: HuggingFaceTokenizer;
  readonly #pairs: BytePairs;
  /** Tokens that were added and are not special, by their text. */
  readonly #added: ReadonlyMap<string, number>;
  readonly #tables: TokenTables;

  /** @param path of `tokenizer.json`, for messages. */
  constructor({ addedTokens, preTokenizer, endToken, unknown, tables }: TokenizerParts, path: string) {
    const special = idsOf(addedTokens.filter((token) => token.special));
    const added = addedTokens.filter((token) => !token.special);
    this.vocabularySize = tables.starts.length - 1;
    this.endOfText = findEndOfText(special, endToken, path);
    // No text follows a special token, whatever it means, so each of them ends a completion.
    this.stopTokens = new Set([this.endOfText, ...special.values()]);
    this.fim = findFim(special);
    this.repository = findRepository(special);
    this.chat = findChat(special);
    this.#cutter = openCutter(preTokenizer, added);
    this.#pairs = new BytePairs(tables, unknown);
    this.#added = idsOf(added);
    this.#tables = tables;
  }

  encode(text: string): number[] {
    return this.#cutter.tokenize(text).flatMap((piece) => this.#tokensOf(piece));
  }

  decode(tokens: readonly number[]): string {
    const parts = tokens.map((token) => this.bytesOf(token));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
  }

  bytesOf(token: number): Uint8Array {
    invariant(token >= 0 && token < this.vocabularySize, () => `token ${token} of ${this.vocabularySize}`);
    return this.#tables.data.subarray(this.#tables.starts[token], this.#tables.starts[token + 1]);
  }

  #tokensOf(piece: string): readonly number[] {
    return piece.startsWith(pieceMark) ? this.#pairs.encode(piece.slice(1)) : [this.#added.get(piece)!];
  }
}

type AddedTokens = TokenizerParts['addedTokens'];

function idsOf(tokens: AddedTokens): ReadonlyMap<string, number> {
  return new Map(tokens.map(({ content, id }) => [content, id]));
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

function findRepository(special: ReadonlyMap<string, number>): RepositoryTokens | undefined {
  const name = special.get(repositorySpelling.name);
  const file = special.get(repositorySpelling.file);
  return name === undefined || file === undefined ? undefined : { name, file };
}

function findChat(special: ReadonlyMap<string, number>): ChatTokens | undefined {
  const start = special.get(chatSpelling.start);
  const end = special.get(chatSpelling.end);
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** Stands before each piece, so that none is taken for an added token: it is no character of the byte alphabet. */
const pieceMark = '\0';

/** Leaves the pieces as they are. */
class Pieces extends Model {
  encode(pieces: string[]): string[] {
    return pieces.map((piece) => pieceMark + piece);
  }
}

/**
 * Hugging Face's tokenizer as far as the pieces: without its normaliser, without what it adds around a text, and
 * without its special tokens.
 */
function openCutter(steps: TokenizerParts['preTokenizer'], added: AddedTokens): HuggingFaceTokenizer {
  const model = { type: 'BPE', vocab: {}, merges: [] };
  const absent = { normalizer: null, post_processor: null, decoder: null };
  const pre_tokenizer = withExplicitPatterns(steps);
  const cutter = new HuggingFaceTokenizer({ ...absent, added_tokens: added, pre_tokenizer, model }, {});
  cutter.model = new Pieces(cutter.model!.config);
  return cutter;
}
