import type { PolicyId } from '../engine/policy.ts';
import { placeAfterAccepting, placeOnNextLine } from './afterAccepting.ts';
import type { Clock, Timer } from './clock.ts';
import type {
  Completion,
  CompletionId,
  CompletionRequest,
  CompletionResult,
  NoCompletion,
  NoCompletionReason,
} from './completion.ts';
import type { CompletionCache } from './completionCache.ts';
import { Eagerness } from './eagerness.ts';
import type { OfferPlace, RefusedTexts } from './refusedTexts.ts';
import { SuffixSnapshots } from './suffixSnapshot.ts';
import type { AskedPlace } from './typingAlong.ts';
import { unlessAborted } from './unlessAborted.ts';
import { reasonNotToAsk, type AskingRules } from './whenToAsk.ts';
import { Writer } from './writer.ts';
import type { Writing } from './writing.ts';

/** What a completer follows; read anew for every completion. */
export interface CompleterSettings extends AskingRules {
  /** Typing has to rest this long before the policy is asked. */
  readonly debounceMs: number;
  readonly maxPromptTokens: number;
  readonly maxNewTokens: number;
  /** What is not asked for by a command has to have at least this chance, 0 to 1; absent: 0. */
  readonly minChance?: number;
  /** How long a completion stands before what follows its acceptance is written ahead; absent: never. */
  readonly writeAheadAfterMs?: number;
}

/** What a completer is made of. */
export interface CompleterOptions {
  /** Asks the policy, wherever it lives. Where `onFirstLine` is never told, completions come whole. */
  readonly complete: (
    request: CompletionRequest,
    signal: AbortSignal,
    onFirstLine: (firstLine: Completion) => void,
  ) => Promise<CompletionResult>;
  readonly clock: Clock;
  readonly cache: CompletionCache;
  readonly refused: RefusedTexts;
  readonly settings: () => CompleterSettings;
  readonly newId: () => CompletionId;
  /** The texts that a completion may repeat passages of, when one is asked for. Absent: only its own context. */
  readonly references?: (place: WantedPlace) => readonly string[];
}

/** A cursor where a completion is wanted. */
export type WantedPlace = Omit<AskedPlace, 'policyId'> & Pick<CompletionRequest, 'languageId' | 'trigger'>;

type PlaceToAsk = WantedPlace & AskedPlace;

/**
 * The editor's side of completion: it decides whether and when to ask the policy. What is known is
 * answered at once; otherwise typing has to rest, and a newer request ends the one before it.
 *
 * A completion of several lines is given out with its first line and grows when all of it is there.
 * While one stands, what would follow its acceptance is written ahead.
 */
export class Completer {
  readonly #options: CompleterOptions;
  readonly #eagerness: Eagerness;
  readonly #writer: Writer;
  readonly #snapshots = new SuffixSnapshots();
  readonly #counts = new Map<NoCompletionReason, number>();
  #policyId: PolicyId | undefined;
  #newest = new AbortController();
  #ahead: Timer | undefined;

  constructor(options: CompleterOptions) {
    this.#options = options;
    this.#eagerness = new Eagerness(options.clock);
    this.#writer = new Writer(options.cache);
  }

  /** How often there was nothing to offer, by reason. */
  get counts(): ReadonlyMap<NoCompletionReason, number> {
    return this.#counts;
  }

  /** Says which policy answers from now on; `undefined` while there is none. */
  setPolicy(policyId: PolicyId | undefined): void {
    if (policyId === this.#policyId) return;
    this.#stopWriting();
    this.#options.cache.clear();
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

  /** The user sent away what was shown: nothing more of it is written. */
  noteDismissed(): void {
    this.#stopWriting();
  }

  /** Tells when all of a completion is there that was given out with its first line. */
  onGrown(listener: (grown: Completion) => void): Timer {
    return this.#writer.onGrown(listener);
  }

  /** What there is for a cursor without asking the policy. */
  knownAt(place: WantedPlace): CompletionResult | undefined {
    return this.#policyId && this.#options.cache.find({ ...place, policyId: this.#policyId });
  }

  /** The completion for a cursor, perhaps with its first line only, or why there is none. */
  async completeAt(place: WantedPlace, signal: AbortSignal): Promise<CompletionResult> {
    this.#newest.abort();
    const newest = (this.#newest = new AbortController());
    const stop = (): void => {
      if (newest === this.#newest) this.#stopWriting();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const eitherSignal = AbortSignal.any([signal, newest.signal]);
      const answer = await this.#answer(place, eitherSignal);
      const result = eitherSignal.aborted ? cancelled(answer.id) : answer;
      if (result.kind === 'completion') this.#writeAheadLater(place, result);
      else this.#counts.set(result.reason, (this.#counts.get(result.reason) ?? 0) + 1);
      return result;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends what is still being asked. */
  dispose(): void {
    this.#newest.abort();
    this.#stopWriting();
  }

  async #answer(place: WantedPlace, signal: AbortSignal): Promise<CompletionResult> {
    this.#ahead?.dispose();
    const asked = this.#toAsk(place);
    const isWholeWanted = place.trigger === 'invoked';
    const written = 'reason' in asked ? undefined : this.#writer.answerAt(asked, isWholeWanted);
    if (written === undefined) this.#stopWriting();
    if ('reason' in asked) return { kind: 'none', id: this.#options.newId(), reason: asked.reason };
    const known = (written && (await unlessAborted(written, signal))) ?? this.#options.cache.find(asked);
    return this.#unlessRefused(known ?? (await this.#ask(asked, signal)), place);
  }

  /** The place as the policy is asked for it, or why it is not. */
  #toAsk(place: WantedPlace): PlaceToAsk | { readonly reason: NoCompletionReason } {
    const policyId = this.#policyId;
    const reason = reasonNotToAsk(place, this.#options.settings());
    if (reason !== undefined) return { reason };
    return policyId === undefined ? { reason: 'modelNotReady' } : { ...place, policyId };
  }

  /** An editor that asked on the user's own command does not ask again for more, so that one waits for all of it. */
  async #ask(place: PlaceToAsk, signal: AbortSignal): Promise<CompletionResult> {
    if (place.trigger === 'automatic') await this.#rest(signal);
    if (signal.aborted) return cancelled(this.#options.newId());
    const { first, whole } = this.#write(place, this.#snapshots.take(place));
    const answer = await unlessAborted(place.trigger === 'invoked' ? whole : first, signal);
    return answer ?? cancelled(this.#options.newId());
  }

  /** A first line is told early unless the user refused a text that begins with it. */
  #write(place: PlaceToAsk, promptSuffix: string): Writing {
    const { complete, refused } = this.#options;
    const request = this.#requestAt(place, promptSuffix);
    return this.#writer.write(place, (signal, onFirstLine) =>
      complete(request, signal, (firstLine) => {
        if (!refused.hasOneFrom(place, firstLine.text)) onFirstLine(firstLine);
      }),
    );
  }

  #requestAt(place: WantedPlace, promptSuffix: string): CompletionRequest {
    const { prefix, suffix, languageId, trigger } = place;
    const { maxPromptTokens, maxNewTokens, minChance = 0 } = this.#options.settings();
    const likeliest = { count: 1, temperature: 0, seed: 0 };
    const id = this.#options.newId();
    const references = this.#options.references?.(place);
    return {
      id,
      prefix,
      suffix,
      promptSuffix,
      ...(references === undefined ? {} : { references: [...references] }),
      languageId,
      trigger,
      minChance: trigger === 'automatic' ? minChance : 0,
      ...likeliest,
      maxPromptTokens,
      maxNewTokens,
    };
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

  #writeAheadLater(place: WantedPlace, completion: Completion): void {
    const { clock, settings } = this.#options;
    const { writeAheadAfterMs } = settings();
    if (writeAheadAfterMs === undefined) return;
    const next = placeAfterAccepting({ ...place, trigger: 'automatic' as const }, completion);
    this.#ahead = clock.setTimer(writeAheadAfterMs, () => void this.#writeAhead(next));
  }

  /** Behind a whole line there is nothing to write, but Enter comes next and then there is. */
  async #writeAhead(place: WantedPlace): Promise<void> {
    const result = await this.#writtenAhead(place);
    if (result?.kind === 'none' && result.reason === 'blank')
      await this.#writtenAhead(placeOnNextLine(place));
  }

  /** The cache has it then. Undefined when it was not written: somebody waits for something else, or it is not wanted. */
  async #writtenAhead(place: WantedPlace): Promise<CompletionResult | undefined> {
    const asked = this.#toAsk(place);
    if ('reason' in asked || this.#writer.isBusy) return undefined;
    const known = this.#options.cache.find(asked);
    if (known !== undefined) return known;
    const { whole } = this.#write(asked, this.#snapshots.peek(asked));
    // What fails now fails again, and aloud, when it is wanted.
    return whole.catch(() => undefined);
  }

  #stopWriting(): void {
    this.#ahead?.dispose();
    this.#writer.stop();
  }
}

function cancelled(id: CompletionId): NoCompletion {
  return { kind: 'none', id, reason: 'cancelled' };
}
