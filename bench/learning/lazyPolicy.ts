import type { ModelPolicy } from '../../src/engine/generation/modelPolicy.ts';
import type { GenerateRequest, Generation, Policy, PolicyId } from '../../src/engine/policy.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';

/** A policy that is loaded when it first has to write: never where all its answers are remembered. */
export class LazyPolicy implements Policy {
  readonly id: PolicyId;
  readonly tokenizer: Tokenizer;
  readonly #load: () => Promise<ModelPolicy>;
  #loaded: Promise<ModelPolicy> | undefined;

  constructor(id: PolicyId, tokenizer: Tokenizer, load: () => Promise<ModelPolicy>) {
    this.id = id;
    this.tokenizer = tokenizer;
    this.#load = load;
  }

  async generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    this.#loaded ??= this.#load();
    return (await this.#loaded).generate(request, signal);
  }

  async dispose(): Promise<void> {
    await (await this.#loaded)?.dispose();
  }
}
