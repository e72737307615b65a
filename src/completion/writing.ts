import type { Completion, CompletionId, CompletionResult, WritingWatch } from './completion.ts';
import {
  isSamePlace,
  isTypedAlong,
  isWrittenAt,
  remainderAt,
  type AskedPlace,
} from './typing/typingAlong.ts';

/** Asks the policy, which tells the watch of what it is writing. */
export type AskPolicy = (signal: AbortSignal, watch: Required<WritingWatch>) => Promise<CompletionResult>;

/**
 * A completion that the policy is writing, or has written, for one place. It outlives the request that
 * began it: the user may go along its text, or come to where it is written ahead for.
 */
export class Writing {
  readonly place: AskedPlace;
  /** All of it; fails as the policy does. */
  readonly whole: Promise<CompletionResult>;
  /** The first line as soon as it is known, or all of it when that comes sooner. */
  readonly first: Promise<CompletionResult>;
  readonly #abort = new AbortController();
  #text = '';
  #firstLine: Completion | undefined;
  #result: CompletionResult | undefined;
  #isReleased = false;

  constructor(place: AskedPlace, ask: AskPolicy) {
    this.place = place;
    let tell: (firstLine: Completion) => void = () => undefined;
    const told = new Promise<Completion>((resolve) => (tell = resolve));
    this.whole = this.#write(ask, (firstLine) => {
      this.#firstLine = firstLine;
      tell(firstLine);
    });
    this.first = Promise.race([told, this.whole]);
    // It may fail when nobody waits for it any more. Whoever does wait hears of it.
    this.first.catch(() => undefined);
  }

  /** Absent until it is known, and when there is only one line. */
  get firstLine(): Completion | undefined {
    return this.#firstLine;
  }

  /** Absent until all of it is written. */
  get result(): CompletionResult | undefined {
    return this.#result;
  }

  get isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Whether it may be given out at once; until then typing has to rest first. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  release(): void {
    this.#isReleased = true;
  }

  /** Whether a completion that was given out is this one, or its beginning. */
  isOf(id: CompletionId): boolean {
    return this.#result?.id === id || this.#firstLine?.id === id;
  }

  /** Whether this is for a place, or is written on from there as the user came there. */
  leadsTo(place: AskedPlace): boolean {
    if (this.isStopped) return false;
    if (isSamePlace(this.place, place)) return true;
    if (place.policyId !== this.place.policyId) return false;
    if (this.#result !== undefined) return this.#restOf(this.#result, place) !== undefined;
    const firstLine = this.#firstLine;
    if (isTypedAlong(this.#text, this.place, place)) return true;
    if (firstLine === undefined) return false;
    return this.#restOf(firstLine, place) !== undefined || isWrittenAt(firstLine, this.place, place);
  }

  /**
   * What this says at a place that it leads to, as soon as that is known; in the end nothing, where it
   * turns out not to go on as the user did. The first line of it will do unless all of it is wanted.
   */
  async answerAt(place: AskedPlace, isWholeWanted: boolean): Promise<CompletionResult | undefined> {
    if (isWholeWanted || this.#result !== undefined) return this.#restOf(await this.whole, place);
    return this.#restOf(await this.first, place) ?? this.#restOf(await this.whole, place);
  }

  /** Ends it; the policy stops within a token. */
  stop(): void {
    this.#abort.abort();
  }

  async #write(ask: AskPolicy, onFirstLine: WritingWatch['onFirstLine']): Promise<CompletionResult> {
    const onText = (text: string): void => void (this.#text = text);
    return (this.#result = await ask(this.#abort.signal, { onFirstLine, onText }));
  }

  #restOf(result: CompletionResult, place: AskedPlace): CompletionResult | undefined {
    if (isSamePlace(this.place, place)) return result;
    return result.kind === 'completion' ? remainderAt(result, this.place, place) : undefined;
  }
}
