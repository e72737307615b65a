import type { GenerateRequest, Generation, Policy, PolicyId } from '../../src/engine/policy.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';
import { FakeTokenizer } from '../support/fakeTokenizer.ts';

/** What is written at one request: one text, or one for each of several alternatives. */
export type Turn = string | readonly string[];

/** A policy that writes another text at each request, in turn, and begins again behind the last. */
export class TurnPolicy implements Policy {
  readonly id = 'turns' as PolicyId;
  readonly tokenizer = new FakeTokenizer({ hasFim: true, hasRepository: true });
  /** What it was asked, in order. */
  readonly requests: GenerateRequest[] = [];
  readonly #turns: readonly Turn[];

  constructor(turns: readonly Turn[]) {
    this.#turns = turns;
  }

  generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    const turn = this.#turns[this.requests.length % this.#turns.length]!;
    this.requests.push(request);
    const texts = typeof turn === 'string' ? [turn] : turn;
    return new ScriptedPolicy(texts, { tokenizer: this.tokenizer }).generate(request, signal);
  }
}
