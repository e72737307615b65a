import { commonLength } from '../commonLength.ts';
import { CachedText } from './cachedText.ts';
import type { Passes } from './textCache.ts';

/** How much stays between requests. */
interface CacheLimits {
  /** Of keys and values. */
  readonly maxBytes: number;
  /** The newest, which stay however large they are. */
  readonly fewestTexts: number;
}

/**
 * Five prompts of 512 tokens with SmolLM2 (46 KB a token), ten with Qwen2.5-Coder-0.5B (24 KB). Of the longest prompts those
 * of two documents between which one goes back and forth: at most 190 MB, of 2048 tokens with SmolLM2.
 */
const usualLimits: CacheLimits = { maxBytes: 128 * 2 ** 20, fewestTexts: 2 };

/**
 * A text of which more tokens than this would be overwritten stays, and the new prompt begins with a
 * copy: computing them again costs far more than the copy. Fewer are mostly what the policy wrote
 * and the user did not take.
 */
const expendableTokens = 64;

/**
 * The marks in front of a prompt (`buildPrompt`, `relatedTokens`): texts that begin alike no further than that have nothing in
 * common, and a copy on a device is of all of a text.
 */
const maxMarkTokens = 4;

/**
 * The texts whose keys and values are at hand. A prompt goes on where the text that begins most
 * alike stops being like it, so typing in several documents in turn, or at several places of one,
 * costs only the new tokens each time.
 */
export class PromptCaches {
  readonly #passes: Passes;
  readonly #limits: CacheLimits;
  /** The one that was used longest ago comes first. */
  readonly #texts: CachedText[] = [];

  constructor(passes: Passes, limits: CacheLimits = usualLimits) {
    this.#passes = passes;
    this.#limits = limits;
  }

  /** A text to write behind that holds as much of the prompt's beginning as is known, at most `maxTokens`. */
  take(prompt: readonly number[], maxTokens: number): CachedText {
    const [best, shared] = this.#mostAlike(prompt.slice(0, maxTokens));
    const text = best === undefined ? this.#empty() : this.#goOn(best, shared);
    this.#texts.push(text);
    this.#dropOldest();
    return text;
  }

  /** Gives the memory of all texts back. */
  dispose(): void {
    for (const text of this.#texts.splice(0)) text.dispose();
  }

  /** The text with the longest common beginning, and its length; of equals the one that loses least. */
  #mostAlike(prompt: readonly number[]): [CachedText | undefined, number] {
    let best: CachedText | undefined;
    let longest = 0;
    for (const text of this.#texts) {
      const shared = commonLength(text.tokens, prompt);
      const losesLess = shared === longest && best !== undefined && text.tokens.length < best.tokens.length;
      if (shared > longest || losesLess) [best, longest] = [text, shared];
    }
    return [best, longest];
  }

  /** Takes the text out of the list and cuts it, or leaves it there as just used and begins a copy. */
  #goOn(text: CachedText, shared: number): CachedText {
    const isKept = text.tokens.length - shared > expendableTokens;
    if (isKept && shared <= maxMarkTokens) return this.#empty();
    this.#texts.splice(this.#texts.indexOf(text), 1);
    if (isKept) {
      this.#texts.push(text);
      return text.beginning(shared);
    }
    text.truncate(shared);
    return text;
  }

  #empty(): CachedText {
    return CachedText.empty(this.#passes.emptyCache());
  }

  #dropOldest(): void {
    let bytes = this.#texts.reduce((sum, text) => sum + text.bytes, 0);
    const { maxBytes, fewestTexts } = this.#limits;
    while (bytes > maxBytes && this.#texts.length > fewestTexts) {
      const oldest = this.#texts.shift()!;
      bytes -= oldest.bytes;
      oldest.dispose();
    }
  }
}
