import type { Completion, CompletionResult } from './completion.ts';
import { isSamePlace, isWrittenAt, remainderAt, type AskedPlace } from './typingAlong.ts';

/** Asks the policy; `onFirstLine` hears of the first line while the rest is being written. */
export type AskPolicy = (
  signal: AbortSignal,
  onFirstLine: (firstLine: Completion) => void,
) => Promise<CompletionResult>;

/**
 * A completion that the policy is writing for one place. It outlives the request that began it: the
 * user may go along its first line, or come to where it is written ahead for.
 */
export class Writing {
  readonly place: AskedPlace;
  /** All of it; fails as the policy does. */
  readonly whole: Promise<CompletionResult>;
  /** The first line as soon as it is known, or all of it when that comes sooner. */
  readonly first: Promise<CompletionResult>;
  readonly #abort = new AbortController();
  #firstLine: Completion | undefined;

  constructor(place: AskedPlace, ask: AskPolicy) {
    this.place = place;
    let tell: (firstLine: Completion) => void = () => undefined;
    const told = new Promise<Completion>((resolve) => (tell = resolve));
    this.whole = ask(this.#abort.signal, (firstLine) => {
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

  get isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  /**
   * What this says at a place, as soon as that is known; in the end nothing, where it turns out not
   * to go on as the user did. Undefined where it is of no use at all.
   */
  answerAt(place: AskedPlace, isWholeWanted: boolean): Promise<CompletionResult | undefined> | undefined {
    if (this.isStopped) return undefined;
    if (isSamePlace(this.place, place)) return isWholeWanted ? this.whole : this.first;
    if (this.#firstLine === undefined || place.policyId !== this.place.policyId) return undefined;
    const rest = remainderAt(this.#firstLine, this.place, place);
    if (rest !== undefined && !isWholeWanted) return Promise.resolve(rest);
    const isAlong = rest !== undefined || isWrittenAt(this.#firstLine, this.place, place);
    return isAlong ? this.#restAt(place) : undefined;
  }

  /** Ends it; the policy stops within a token. */
  stop(): void {
    this.#abort.abort();
  }

  async #restAt(place: AskedPlace): Promise<CompletionResult | undefined> {
    const whole = await this.whole;
    return whole.kind === 'completion' ? remainderAt(whole, this.place, place) : undefined;
  }
}
