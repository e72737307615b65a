import { bytesOfSpelling } from './byteAlphabet.ts';
import { findMerge } from './mergeSlots.ts';
import { MinHeap } from './minHeap.ts';
import type { TokenTables } from './tokenTables.ts';

/** Makes one number of a merge's and of a place, the merge's first; no text has so many bytes. */
const places = 2 ** 32;

/** Pieces whose tokens are remembered: more than differ in a few files. */
const rememberedPieces = 20_000;

/** Longer pieces seldom come twice. */
const rememberedChars = 64;

/**
 * Byte-pair encoding: beginning with single bytes, the two neighbours that come first in the list of merges become one
 * token, the leftmost of several, until there are none (arXiv:1508.07909, section 3.2).
 */
export class BytePairs {
  readonly #tables: TokenTables;
  readonly #whole: ReadonlyMap<string, number>;
  readonly #unknown: number | undefined;
  readonly #remembered = new Map<string, readonly number[]>();

  /** @param unknown the token for a byte that the vocabulary has none for; absent: such a byte is left out. */
  constructor(tables: TokenTables, unknown: number | undefined) {
    this.#tables = tables;
    this.#unknown = unknown;
    this.#whole = spellingsOf(tables);
  }

  /** The tokens of a piece, which is written in the byte alphabet. */
  encode(piece: string): readonly number[] {
    const remembered = this.#remembered.get(piece);
    if (remembered !== undefined) return remembered;
    const tokens = this.#tokensOf(bytesOfSpelling(piece) ?? new Uint8Array());
    if (piece.length <= rememberedChars) {
      if (this.#remembered.size === rememberedPieces) this.#remembered.clear();
      this.#remembered.set(piece, tokens);
    }
    return tokens;
  }

  #tokensOf(bytes: Uint8Array): number[] {
    const whole = this.#whole.get(latin1(bytes));
    if (whole !== undefined) return [whole];
    const tokens = Array.from(bytes, (byte) => this.#tables.byteTokens[byte]!);
    return this.#merge(tokens).flatMap((token) => (token >= 0 ? token : (this.#unknown ?? [])));
  }

  /** Merges in place and gives what is left; places form a list, of which a merge takes one out. */
  #merge(tokens: number[]): number[] {
    const next = tokens.map((_, place) => place + 1);
    const previous = tokens.map((_, place) => place - 1);
    /** The merge that each place and its next one could make, -1 for none. */
    const merges = tokens.map(() => -1);
    const { slots } = this.#tables;
    const heap = new MinHeap();
    const offer = (place: number): void => {
      const right = tokens[next[place]!];
      const merge = right === undefined ? -1 : findMerge(slots, this.#tables, tokens[place]!, right);
      merges[place] = merge;
      if (merge >= 0) heap.push(merge * places + place);
    };
    for (let place = 0; place < tokens.length - 1; place++) offer(place);
    for (let first = heap.pop(); first !== undefined; first = heap.pop()) {
      const merge = Math.floor(first / places);
      const place = first - merge * places;
      // One of both tokens is another by now.
      if (merges[place] !== merge) continue;
      const right = next[place]!;
      tokens[place] = this.#tables.merged[merge]!;
      merges[right] = -1;
      next[place] = next[right]!;
      if (next[place] < tokens.length) previous[next[place]] = place;
      offer(place);
      if (place > 0) offer(previous[place]!);
    }
    return listFrom(tokens, next);
  }
}

/** The tokens at place 0 and those that follow it. */
function listFrom(tokens: readonly number[], next: readonly number[]): number[] {
  const list: number[] = [];
  for (let place = 0; place < tokens.length; place = next[place]!) list.push(tokens[place]!);
  return list;
}

/** Tokens that are taken whole, by their bytes. */
function spellingsOf({ whole, data, starts }: TokenTables): Map<string, number> {
  return new Map(
    Array.from(whole, (token) => [latin1(data.subarray(starts[token], starts[token + 1])), token] as const),
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
