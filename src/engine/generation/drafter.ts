import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { foretell, type Foretold } from './foretell.ts';
import type { TokenPrefixes } from './tokenPrefixes.ts';

/**
 * A draft goes on while all of it is at least this likely. Below, another row costs more than it
 * saves: on 400 lines of code 0.3 is best where eight rows cost 1.5 times as much as one, 0.45 where
 * they cost twice as much, and in between nothing is lost on either.
 */
const leastProbability = 0.35;

/** Drafts this long are rare, and so is what a longer one would save. */
const maxDraftTokens = 12;

/** What was typed and stands nowhere else is spelled as it would be alone about this often. */
const plainSpellingProbability = 0.5;

/** What a draft goes on from. */
export interface DraftPlace {
  readonly text: readonly number[];
  /** Bytes that come next in any case; empty when anything may. */
  readonly untyped: Uint8Array;
  /** At most this many tokens are of use. */
  readonly maxTokens: number;
}

/** Proposes how a text may go on, from what stands in it already and in texts beside it. */
export class Drafter {
  readonly #tokenizer: Tokenizer;
  readonly #prefixes: TokenPrefixes;
  readonly #references: readonly (readonly number[])[];

  constructor(tokenizer: Tokenizer, prefixes: TokenPrefixes, references: readonly (readonly number[])[]) {
    this.#tokenizer = tokenizer;
    this.#prefixes = prefixes;
    this.#references = references;
  }

  /** Tokens that may come next, as many as are likely to be right together; often none. */
  propose({ text, untyped, maxTokens }: DraftPlace): number[] {
    const draft: number[] = [];
    let [left, probability] = [untyped, 1];
    while (draft.length < Math.min(maxTokens, maxDraftTokens)) {
      const next = this.#foretell([...text, ...draft], left);
      probability *= next?.probability ?? 0;
      if (next === undefined || probability < leastProbability) break;
      const bytes = this.#tokenizer.bytesOf(next.token);
      // A special token ends the text, and the row before it says so itself.
      if (bytes.length === 0) break;
      draft.push(next.token);
      left = left.subarray(bytes.length);
    }
    return draft;
  }

  #foretell(text: readonly number[], untyped: Uint8Array): Foretold | undefined {
    if (untyped.length === 0) return foretell({ text, references: this.#references });
    const mayFollow = (token: number): boolean => this.#prefixes.isCompatible(token, untyped);
    return foretell({ text, references: this.#references, mayFollow }) ?? this.#plainSpelling(untyped);
  }

  #plainSpelling(untyped: Uint8Array): Foretold | undefined {
    const [token] = this.#tokenizer.encode(new TextDecoder().decode(untyped));
    return token === undefined ? undefined : { token, probability: plainSpellingProbability };
  }
}
