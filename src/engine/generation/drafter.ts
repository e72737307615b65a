import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { foretell, type Foretold } from './foretell.ts';

/** A draft goes on while all of it is at least this likely: below, another row costs more than it saves. */
const leastProbability = 0.4;

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
  readonly #references: readonly (readonly number[])[];

  constructor(tokenizer: Tokenizer, references: readonly (readonly number[])[]) {
    this.#tokenizer = tokenizer;
    this.#references = references;
  }

  /** Tokens that may come next, as many as are likely to be right together; often none. */
  propose({ text, untyped, maxTokens }: DraftPlace): number[] {
    const draft: number[] = [];
    let left = untyped;
    let probability = 1;
    while (draft.length < Math.min(maxTokens, maxDraftTokens)) {
      const next = this.#foretell([...text, ...draft], left);
      const bytes = next === undefined ? undefined : this.#tokenizer.bytesOf(next.token);
      probability *= next?.probability ?? 0;
      // A special token ends the text: the row before it says so too.
      if (probability < leastProbability || bytes === undefined || bytes.length === 0) break;
      draft.push(next!.token);
      left = left.subarray(bytes.length);
    }
    return draft;
  }

  #foretell(text: readonly number[], untyped: Uint8Array): Foretold | undefined {
    if (untyped.length === 0) return foretell({ text, references: this.#references });
    const mayFollow = (token: number): boolean => beginAlike(this.#tokenizer.bytesOf(token), untyped);
    return foretell({ text, references: this.#references, mayFollow }) ?? this.#plainSpelling(untyped);
  }

  #plainSpelling(untyped: Uint8Array): Foretold | undefined {
    const [token] = this.#tokenizer.encode(new TextDecoder().decode(untyped));
    return token === undefined ? undefined : { token, probability: plainSpellingProbability };
  }
}

/** Whether one begins with the other, neither being empty. */
function beginAlike(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return length > 0;
}
