import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * Which tokens may come next while a text must first be spelled out: those that the text begins
 * with, and those that begin with the text. Built once per tokenizer, in tens of milliseconds.
 */
export class TokenPrefixes {
  readonly #tokenizer: Tokenizer;
  /** Tokens by their first byte, and by their first two, in the order of their ids. */
  readonly #byFirst = new Map<number, number[]>();
  readonly #byFirstTwo = new Map<number, number[]>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      const [first, second] = tokenizer.bytesOf(token);
      if (first === undefined) continue;
      addTo(this.#byFirst, first, token);
      addTo(this.#byFirstTwo, pairKey(first, second), token);
    }
  }

  /** Whether a token is compatible with the bytes still to be spelled. */
  isCompatible(token: number, bytes: Uint8Array): boolean {
    const spelled = this.#tokenizer.bytesOf(token);
    const length = Math.min(spelled.length, bytes.length);
    for (let i = 0; i < length; i++) if (spelled[i] !== bytes[i]) return false;
    return spelled.length > 0;
  }

  /** The tokens that are compatible with the bytes still to be spelled; `bytes` is not empty. */
  compatibleWith(bytes: Uint8Array): readonly number[] {
    const [first, second] = bytes;
    if (second === undefined) return this.#byFirst.get(first!) ?? [];
    const single = this.#byFirstTwo.get(pairKey(first!, undefined)) ?? [];
    const longer = this.#byFirstTwo.get(pairKey(first!, second)) ?? [];
    return [...single, ...longer.filter((token) => this.isCompatible(token, bytes))];
  }
}

/** A number for each first byte with each second one, or with none. */
function pairKey(first: number, second: number | undefined): number {
  return first * 257 + (second ?? 256);
}

function addTo(lists: Map<number, number[]>, key: number, token: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [token]);
  else list.push(token);
}
