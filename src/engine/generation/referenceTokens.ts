import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Parts that stay tokenized: about a megabyte of code, as a few megabytes of tokens. */
const maxParts = 4096;

/**
 * At most this many characters are tokenized anew for one request, which takes 1 to 2 ms. The rest
 * has its turn in later requests; a part longer than this is not code that anybody repeats.
 */
const maxFreshChars = 2048;

/**
 * Texts as tokens, for look-up only. A text is tokenized in parts, each once, so a change costs the
 * part that it is in. A part ends before a line that is not indented and behind a blank line: there
 * tokenizers join at most some white space.
 */
export class ReferenceTokens {
  readonly #tokenizer: Tokenizer;
  /** The one that was used longest ago comes first. */
  readonly #tokensOfPart = new Map<string, readonly number[]>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The tokens of each text, without the parts that there was no time for. */
  tokensOf(texts: readonly string[]): number[][] {
    let freshChars = 0;
    const tokens = texts.map((text) =>
      partsOf(text).flatMap((part) => {
        const known = this.#tokensOfPart.get(part);
        if (known === undefined && (freshChars += part.length) > maxFreshChars) return [];
        return this.#remember(part, known ?? this.#tokenizer.encode(part));
      }),
    );
    this.#forgetOldest();
    return tokens;
  }

  #remember(part: string, tokens: readonly number[]): readonly number[] {
    this.#tokensOfPart.delete(part);
    this.#tokensOfPart.set(part, tokens);
    return tokens;
  }

  #forgetOldest(): void {
    for (const part of this.#tokensOfPart.keys()) {
      if (this.#tokensOfPart.size <= maxParts) return;
      this.#tokensOfPart.delete(part);
    }
  }
}

function partsOf(text: string): string[] {
  return text.split(/(?<=\n)(?=\S)|(?<=\n\n)/);
}
