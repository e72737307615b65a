import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** First bytes are this far apart in the keys of pairs: 256 second bytes, and none. */
const keysPerByte = 257;

/**
 * Which tokens may come next while a text must first be spelled out: those that the text begins
 * with, and those that begin with the text. Built once per tokenizer, by counting.
 */
export class TokenPrefixes {
  readonly #tokenizer: Tokenizer;
  /** All tokens that have bytes, in the order of their keys, then of their ids. */
  readonly #tokens: Uint32Array;
  /** Those with a key stand from `#starts[key]` to `#starts[key + 1]`. */
  readonly #starts: Uint32Array;
  /** Those that begin with a byte, in the order of their ids, from when they were first asked for. */
  readonly #byFirstByte: Uint32Array[] = [];

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    const keys = keysOf(tokenizer);
    this.#starts = startsOf(keys);
    this.#tokens = new Uint32Array(keys.length);
    const next = this.#starts.slice();
    for (let token = 0; token < keys.length; token++) this.#tokens[next[keys[token]!]!++] = token;
  }

  /** Whether a token is compatible with the bytes still to be spelled. */
  isCompatible(token: number, bytes: Uint8Array): boolean {
    const spelled = this.#tokenizer.bytesOf(token);
    const length = Math.min(spelled.length, bytes.length);
    for (let i = 0; i < length; i++) if (spelled[i] !== bytes[i]) return false;
    return spelled.length > 0;
  }

  /** The tokens that are compatible with the bytes still to be spelled; `bytes` is not empty. */
  compatibleWith(bytes: Uint8Array): Uint32Array {
    const [first, second] = bytes;
    if (second === undefined) return this.#beginningWith(first!);
    const longer = this.#withKey(keyOf(first!, second));
    return Uint32Array.from([
      ...this.#withKey(keyOf(first!, undefined)),
      ...longer.filter((token) => this.isCompatible(token, bytes)),
    ]);
  }

  /** With a blank begins half of a vocabulary. */
  #beginningWith(byte: number): Uint32Array {
    return (this.#byFirstByte[byte] ??= this.#between(keyOf(byte, 0), keyOf(byte + 1, 0))
      .slice()
      .sort());
  }

  #withKey(key: number): Uint32Array {
    return this.#between(key, key + 1);
  }

  #between(fromKey: number, toKey: number): Uint32Array {
    return this.#tokens.subarray(this.#starts[fromKey], this.#starts[toKey]);
  }
}

/** The key of tokens without bytes, behind all others. */
const noKey = 256 * keysPerByte;

/** A number for each first byte with each second one, or with none. */
function keyOf(first: number, second: number | undefined): number {
  return first * keysPerByte + (second ?? 256);
}

function keysOf(tokenizer: Tokenizer): Uint32Array {
  const keys = new Uint32Array(tokenizer.vocabularySize);
  for (let token = 0; token < keys.length; token++) {
    // Taking both out of the bytes as one takes a list apart takes twice as long.
    const bytes = tokenizer.bytesOf(token);
    keys[token] = bytes.length === 0 ? noKey : keyOf(bytes[0]!, bytes[1]);
  }
  return keys;
}

/** Where the tokens of each key begin, when they stand in the order of their keys. */
function startsOf(keys: Uint32Array): Uint32Array {
  const starts = new Uint32Array(noKey + 2);
  for (const key of keys) starts[key + 1]!++;
  for (let key = 0; key <= noKey; key++) starts[key + 1]! += starts[key]!;
  return starts;
}
