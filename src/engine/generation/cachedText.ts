import { invariant } from '../invariant.ts';
import type { NextToken } from './sampling.ts';
import type { TextCache, TokenPass } from './textCache.ts';

/** A text together with the keys and values of its tokens: what is computed goes on behind it. */
export class CachedText {
  readonly #tokens: number[];
  readonly #cache: TextCache;

  private constructor(tokens: number[], cache: TextCache) {
    this.#tokens = tokens;
    this.#cache = cache;
  }

  static empty(cache: TextCache): CachedText {
    return new CachedText([], cache);
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  /** Bytes that the keys and values take, room for more included. */
  get bytes(): number {
    return this.#cache.bytes;
  }

  /** A text of its own that begins with the first `length` tokens of this one. */
  beginning(length: number): CachedText {
    return new CachedText(this.#tokens.slice(0, length), this.#cache.beginning(length));
  }

  /** The keys and values of this text, once for each of `batch` texts that all begin as it does. */
  repeated(batch: number): TextCache {
    return this.#cache.repeated(batch);
  }

  /** Forgets all tokens but the first `length`. */
  truncate(length: number): void {
    invariant(length <= this.#tokens.length, `${length} tokens of ${this.#tokens.length} are to stay`);
    this.#cache.truncate(length);
    this.#tokens.length = length;
  }

  /** Appends tokens; gives what comes behind the last `wantedRows` of them. */
  async append(tokens: readonly number[], wanted: Omit<TokenPass, 'tokens'>): Promise<NextToken[]> {
    const next = await this.#cache.run({ ...wanted, tokens: [tokens] });
    this.#tokens.push(...tokens);
    return next;
  }

  /** Gives the memory of its keys and values back. */
  dispose(): void {
    this.#cache.dispose();
  }
}
