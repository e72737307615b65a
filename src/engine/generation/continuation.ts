import type { GenerateRequest, Generation, WrittenTokens } from '../policy.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Choice } from './sampling.ts';

type ShouldStop = NonNullable<GenerateRequest['shouldStop']>;

/** What a continuation is told to keep to, and whom it tells. */
export interface ContinuationOptions {
  /** What it has to spell first. */
  readonly typedText: string;
  readonly shouldStop: ShouldStop;
  /** Told once, as it ends. */
  readonly onEnd?: (generation: Generation) => void;
}

/** One text of a batch while it is being written. */
export class Continuation {
  readonly #tokenizer: Tokenizer;
  readonly #shouldStop: ShouldStop;
  readonly #onEnd: ContinuationOptions['onEnd'];
  readonly #tokens: number[] = [];
  readonly #logProbs: number[] = [];
  readonly #decoder = new TextDecoder();
  /** Bytes of the typed text that no token has spelled yet. */
  #untyped: Uint8Array;
  #freeFrom: number;
  #text = '';
  #finish: Generation['finish'] | undefined;

  constructor(tokenizer: Tokenizer, { typedText, shouldStop, onEnd }: ContinuationOptions) {
    this.#tokenizer = tokenizer;
    this.#shouldStop = shouldStop;
    this.#onEnd = onEnd;
    this.#untyped = new TextEncoder().encode(typedText);
    this.#freeFrom = 0;
  }

  /** The bytes that the next tokens have to spell; empty when the policy is free. */
  get untyped(): Uint8Array {
    return this.#untyped;
  }

  get isFinished(): boolean {
    return this.#finish !== undefined;
  }

  get tokenCount(): number {
    return this.#tokens.length;
  }

  /** Takes the next token; ends the text at a stop token or where `shouldStop` says so. */
  accept({ token, logProb }: Choice): void {
    this.#tokens.push(token);
    this.#logProbs.push(logProb);
    if (this.#untyped.length > 0) this.#freeFrom = this.#tokens.length;
    if (this.#tokenizer.stopTokens.has(token)) {
      this.end('endOfText');
      return;
    }
    this.#spell(this.#tokenizer.bytesOf(token));
    if (this.#untyped.length === 0 && this.#shouldStop(this.#text, this.#soFar())) this.end('stopped');
  }

  /** Ends the text, unless it has ended already. */
  end(finish: Generation['finish']): void {
    if (this.#finish !== undefined) return;
    this.#finish = finish;
    this.#text += this.#decoder.decode();
    this.#onEnd?.(this.result());
  }

  /** What was written, to its end or so far. */
  result(): Generation {
    return { ...this.#soFar(), text: this.#text, finish: this.#finish ?? 'length' };
  }

  #soFar(): WrittenTokens {
    return { tokens: this.#tokens, logProbs: this.#logProbs, freeFrom: this.#freeFrom };
  }

  #spell(bytes: Uint8Array): void {
    const typed = Math.min(bytes.length, this.#untyped.length);
    this.#untyped = this.#untyped.subarray(typed);
    this.#text += this.#decoder.decode(bytes.subarray(typed), { stream: true });
  }
}
