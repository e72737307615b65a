import type { PolicyId } from '../engine/policy.ts';
import type { Clock } from './clock.ts';
import type {
  CompletionId,
  CompletionRequest,
  CompletionResult,
  NoCompletion,
  NoCompletionReason,
} from './completion.ts';
import type { CompletionCache } from './completionCache.ts';
import { Eagerness } from './eagerness.ts';
import type { OfferPlace, RefusedTexts } from './refusedTexts.ts';
import type { AskedPlace } from './typingAlong.ts';
import { reasonNotToAsk, type AskingRules } from './whenToAsk.ts';

/** What a completer follows; read anew for every completion. */
export interface CompleterSettings extends AskingRules {
  /** Typing has to rest this long before the policy is asked. */
  readonly debounceMs: number;
  readonly maxPromptTokens: number;
  readonly maxNewTokens: number;
}

/** What a completer is made of. */
export interface CompleterOptions {
  /** Asks the policy, wherever it lives. */
  readonly complete: (request: CompletionRequest, signal: AbortSignal) => Promise<CompletionResult>;
  readonly clock: Clock;
  readonly cache: CompletionCache;
  readonly refused: RefusedTexts;
  readonly settings: () => CompleterSettings;
  readonly newId: () => CompletionId;
}

/** A cursor where a completion is wanted. */
export type WantedPlace = Omit<AskedPlace, 'policyId'> & Pick<CompletionRequest, 'languageId' | 'trigger'>;

/**
 * The editor's side of completion: it decides whether and when to ask the policy. What is known is
 * answered at once; otherwise typing has to rest, and a newer request ends the one before it.
 */
export class Completer {
  readonly #options: CompleterOptions;
  readonly #eagerness: Eagerness;
  readonly #counts = new Map<NoCompletionReason, number>();
  #policyId: PolicyId | undefined;
  #newest = new AbortController();

  constructor(options: CompleterOptions) {
    this.#options = options;
    this.#eagerness = new Eagerness(options.clock);
  }

  /** How often there was nothing to offer, by reason. */
  get counts(): ReadonlyMap<NoCompletionReason, number> {
    return this.#counts;
  }

  /** Says which policy answers from now on; `undefined` while there is none. */
  setPolicy(policyId: PolicyId | undefined): void {
    if (policyId !== this.#policyId) this.#options.cache.clear();
    this.#policyId = policyId;
  }

  /** The user turned down a text that they could read. */
  noteRefused(place: OfferPlace, text: string): void {
    this.#options.refused.add(place, text);
    this.#eagerness.noteRefused();
  }

  noteAccepted(): void {
    this.#eagerness.noteAccepted();
  }

  /** The completion for a cursor, or why there is none. */
  async completeAt(place: WantedPlace, signal: AbortSignal): Promise<CompletionResult> {
    this.#newest.abort();
    this.#newest = new AbortController();
    const eitherSignal = AbortSignal.any([signal, this.#newest.signal]);
    const answer = await this.#answer(place, eitherSignal);
    const result = eitherSignal.aborted ? cancelled(answer.id) : answer;
    if (result.kind === 'none') this.#counts.set(result.reason, (this.#counts.get(result.reason) ?? 0) + 1);
    return result;
  }

  /** Ends what is still being asked. */
  dispose(): void {
    this.#newest.abort();
  }

  async #answer(place: WantedPlace, signal: AbortSignal): Promise<CompletionResult> {
    const { cache, newId, settings } = this.#options;
    const reason = reasonNotToAsk(place, settings());
    if (reason !== undefined) return { kind: 'none', id: newId(), reason };
    if (this.#policyId === undefined) return { kind: 'none', id: newId(), reason: 'modelNotReady' };
    const asked = { ...place, policyId: this.#policyId };
    return this.#unlessRefused(cache.find(asked) ?? (await this.#ask(asked, signal)), place);
  }

  async #ask(place: WantedPlace & AskedPlace, signal: AbortSignal): Promise<CompletionResult> {
    const { cache, complete, newId } = this.#options;
    if (place.trigger === 'automatic') await this.#rest(signal);
    if (signal.aborted) return cancelled(newId());
    const result = await complete(this.#requestAt(place), signal);
    if (result.policyId !== undefined) cache.add({ ...place, policyId: result.policyId }, result);
    return result;
  }

  #requestAt({ prefix, suffix, languageId, trigger }: WantedPlace): CompletionRequest {
    const { maxPromptTokens, maxNewTokens } = this.#options.settings();
    const likeliest = { count: 1, temperature: 0, seed: 0 };
    const id = this.#options.newId();
    return { id, prefix, suffix, languageId, trigger, ...likeliest, maxPromptTokens, maxNewTokens };
  }

  /** Waits until typing has rested, or until the request is over. */
  #rest(signal: AbortSignal): Promise<void> {
    const delayMs = this.#options.settings().debounceMs + this.#eagerness.extraDelayMs();
    if (delayMs === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(delayMs, resolve);
      const stop = (): void => {
        timer.dispose();
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Somebody who asks by a command wants to see even what they refused. */
  #unlessRefused(result: CompletionResult, place: WantedPlace): CompletionResult {
    if (result.kind === 'none' || place.trigger === 'invoked') return result;
    const { id, policyId, written, text } = result;
    const isRefused = this.#options.refused.has(place, text);
    return isRefused ? { kind: 'none', id, reason: 'justRefused', policyId, written } : result;
  }
}

function cancelled(id: CompletionId): NoCompletion {
  return { kind: 'none', id, reason: 'cancelled' };
}
