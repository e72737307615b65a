import type {
  ChatTokens,
  FimTokens,
  RepositoryTokens,
  Tokenizer,
} from '../../src/engine/tokenizer/tokenizer.ts';

interface FakeTokenizerOptions {
  readonly merges?: readonly string[];
  readonly hasFim?: boolean;
  readonly hasChat?: boolean;
  readonly hasRepository?: boolean;
}

/**
 * A byte-level tokenizer small enough to see through: the 256 bytes, then the texts of `merges` in
 * the order they are merged, then the special tokens. Like the real ones it first cuts a text into
 * words with what stands before them, numbers, signs and white space.
 */
export class FakeTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly endOfText: number;
  readonly stopTokens: ReadonlySet<number>;
  readonly fim: FimTokens | undefined;
  readonly chat: ChatTokens | undefined;
  readonly repository: RepositoryTokens | undefined;
  readonly #bytes: readonly Uint8Array[];
  readonly #rankOf: ReadonlyMap<string, number>;

  constructor({
    merges = [],
    hasFim = false,
    hasChat = false,
    hasRepository = false,
  }: FakeTokenizerOptions = {}) {
    const singles = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
    const merged = [...new Set(merges.filter((text) => Buffer.byteLength(text) > 1))].map((text) =>
      Buffer.from(text),
    );
    this.#bytes = [...singles, ...merged];
    this.#rankOf = new Map(this.#bytes.map((bytes, token) => [latin1(bytes), token]));
    this.endOfText = this.#bytes.length;
    // Always as many, so that no token's number depends on what a test asks for.
    const [fimAt, chatAt, repositoryAt] = [1, 4, 6].map((i) => this.endOfText + i) as [
      number,
      number,
      number,
    ];
    this.vocabularySize = this.endOfText + 8;
    this.stopTokens = new Set(Array.from({ length: 8 }, (_, i) => this.endOfText + i));
    this.chat = hasChat ? { start: chatAt, end: chatAt + 1 } : undefined;
    this.repository = hasRepository ? { name: repositoryAt, file: repositoryAt + 1 } : undefined;
    this.fim = hasFim ? { prefix: fimAt, suffix: fimAt + 1, middle: fimAt + 2 } : undefined;
  }

  encode(text: string): number[] {
    return (text.match(pieces) ?? []).flatMap((piece) => this.#merge(latin1(Buffer.from(piece)).split('')));
  }

  decode(tokens: readonly number[]): string {
    const bytes = Buffer.concat(tokens.map((token) => this.bytesOf(token)));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  bytesOf(token: number): Uint8Array {
    return this.#bytes[token] ?? new Uint8Array();
  }

  /** Joins the neighbours whose text comes first in the list of merges, until no two can be joined. */
  #merge(parts: string[]): number[] {
    for (;;) {
      const ranks = parts.slice(1).map((part, i) => this.#rankOf.get(parts[i]! + part) ?? Infinity);
      const best = Math.min(...ranks);
      if (best === Infinity) return parts.map((part) => this.#rankOf.get(part)!);
      const at = ranks.indexOf(best);
      parts.splice(at, 2, parts[at]! + parts[at + 1]!);
    }
  }
}

/** A word with one sign or blank before it, a number, white space up to line ends, signs, other white space. */
const pieces = /[^\p{L}\p{N}\n]?\p{L}+|\p{N}+|[^\S\n]*\n+|[^\s\p{L}\p{N}]+\n*|\s+(?!\S)|\s+/gu;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Merges of code-like words, with their parts, so that half-typed words are cut elsewhere than whole ones. */
export const codeMerges: readonly string[] = [
  '  ',
  '    ',
  '\n\n',
  ';\n',
  '{\n',
  '()',
  ');',
  ');\n',
  '=>',
  '==',
  '===',
  '.l',
  ' r',
  ' re',
  're',
  'ret',
  'tu',
  'rn',
  'turn',
  'return',
  ' return',
  'in',
  'int',
  'ter',
  'inter',
  'interface',
  'fo',
  'foo',
  ' foo',
  'ar',
  'bar',
  'Bar',
  ' c',
  ' co',
  'con',
  'st',
  'const',
  ' const',
  'le',
  'len',
  'gth',
  'length',
  '.length',
  'é',
  '日',
  '本',
];
