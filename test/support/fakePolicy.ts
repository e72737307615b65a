import { Continuation } from '../../src/engine/generation/continuation.ts';
import type { GenerateRequest, Generation, PolicyId, PreparingPolicy } from '../../src/engine/policy.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { codeMerges, FakeTokenizer } from './fakeTokenizer.ts';

/** What a scripted policy writes: a text, and whether it then ends it or goes on until it is stopped. */
export interface ScriptedText {
  readonly text: string;
  readonly ends?: boolean;
}

/**
 * A policy that writes what a test tells it, one text per continuation in turn, token by token as a
 * real one does: held to the typed text, stopped, cut off, cancelled. Each token that says something new costs a
 * log-probability, -0.5 unless said otherwise.
 */
export class ScriptedPolicy implements PreparingPolicy {
  readonly id: PolicyId;
  readonly tokenizer: Tokenizer;
  /** What it was asked, in order. */
  readonly requests: GenerateRequest[] = [];
  /** The prompts that it was only to read, in order. */
  readonly prepared: (readonly number[])[] = [];
  readonly #texts: readonly ScriptedText[];
  readonly #logProb: number;

  constructor(
    texts: readonly (string | ScriptedText)[],
    options: { id?: string; tokenizer?: Tokenizer; logProb?: number } = {},
  ) {
    this.#texts = texts.map((text) => (typeof text === 'string' ? { text, ends: true } : text));
    this.#logProb = options.logProb ?? -0.5;
    this.id = (options.id ?? 'scripted') as PolicyId;
    this.tokenizer = options.tokenizer ?? new FakeTokenizer({ merges: codeMerges, hasFim: true });
  }

  generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    this.requests.push(request);
    const generations = Array.from({ length: request.count }, (_, i) => this.#write(request, i, signal));
    return Promise.resolve(generations);
  }

  prepare(promptTokens: readonly number[]): Promise<void> {
    this.prepared.push(promptTokens);
    return Promise.resolve();
  }

  #write(request: GenerateRequest, index: number, signal: AbortSignal): Generation {
    const { text, ends = false } = this.#texts[index % this.#texts.length]!;
    const { typedText, shouldStop = () => false, onEnd } = request;
    const continuation = new Continuation(this.tokenizer, {
      ...{ typedText, shouldStop },
      onEnd: (ended) => onEnd?.(ended, index),
    });
    const tokens = this.tokenizer.encode(typedText + text);
    if (ends) tokens.push(this.tokenizer.endOfText);
    for (const token of tokens) {
      if (signal.aborted) continuation.end('cancelled');
      if (continuation.isFinished) break;
      continuation.accept({ token, logProb: this.#isGiven(token, continuation) ? 0 : this.#logProb });
      if (continuation.tokenCount === request.maxNewTokens) continuation.end('length');
    }
    continuation.end('length');
    return continuation.result();
  }

  /** Whether it spells nothing but what was typed. */
  #isGiven(token: number, { untyped }: Continuation): boolean {
    return untyped.length > 0 && this.tokenizer.bytesOf(token).length <= untyped.length;
  }
}
