import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * Which tokens may come next while a text must first be spelled out: those that the text begins
 * with, and those that begin with the text. Built once per tokenizer.
 */
export class TokenPrefixes {
  /** Byte strings (one char per byte) in order, each with its token. */
  readonly #spellings: readonly string[];
  readonly #tokens: readonly number[];

  constructor(tokenizer: Tokenizer) {
    const entries: [string, number][] = [];
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      const bytes = tokenizer.bytesOf(token);
      if (bytes.length > 0) entries.push([Buffer.from(bytes).toString('latin1'), token]);
    }
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#spellings = entries.map(([spelling]) => spelling);
    this.#tokens = entries.map(([, token]) => token);
  }

  /** The tokens that are compatible with the bytes still to be spelled; `bytes` is not empty. */
  compatibleWith(bytes: Uint8Array): number[] {
    const wanted = Buffer.from(bytes).toString('latin1');
    const compatible: number[] = [];
    for (let length = 1; length < wanted.length; length++) {
      const part = wanted.slice(0, length);
      for (let i = this.#firstFrom(part); this.#spellings[i] === part; i++) compatible.push(this.#tokens[i]!);
    }
    for (let i = this.#firstFrom(wanted); this.#spellings[i]?.startsWith(wanted) === true; i++) {
      compatible.push(this.#tokens[i]!);
    }
    return compatible;
  }

  /** Index of the first spelling that is not below `text`. */
  #firstFrom(text: string): number {
    let low = 0;
    let high = this.#spellings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#spellings[middle]! < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
