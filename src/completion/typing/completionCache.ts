import type { CompletionId, CompletionResult, NoCompletionReason } from '../completion.ts';
import { isSamePlace, remainderAt, type AskedPlace } from './typingAlong.ts';

/** What the policy would say again: reasons that depend on nothing but the place. */
const lastingReasons: readonly NoCompletionReason[] = ['silence', 'blank', 'suffixRepeats'];

/** Enough to go back over the last minutes of work; one entry holds two contexts, about 10 KB. */
const maxEntries = 100;

interface Entry {
  readonly place: AskedPlace;
  readonly result: CompletionResult;
}

/**
 * The last answers of the active policy. A completion is also found again from every place the user
 * reaches by typing its text, under the same id: to the user it is still the same completion.
 */
export class CompletionCache {
  /** Least recently used first. */
  #entries: Entry[] = [];

  /** The answer for a place, when the same policy gave it; `undefined` when it has to be asked. */
  find(place: AskedPlace): CompletionResult | undefined {
    for (const entry of this.#entries.toReversed()) {
      const result = answerAt(entry, place);
      if (result === undefined) continue;
      this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
      return result;
    }
    return undefined;
  }

  /** Keeps an answer; one that would be another the next time is left out. */
  add(place: AskedPlace, result: CompletionResult): void {
    if (result.kind === 'none' && !lastingReasons.includes(result.reason)) return;
    this.#entries = [...this.#entries, { place, result }].slice(-maxEntries);
  }

  /** Forgets what was written in other documents than one, but for a completion that is shown. */
  forgetElsewhere(documentUri: string, shownId: CompletionId | undefined): void {
    this.#entries = this.#entries.filter(
      ({ place, result }) =>
        place.documentUri === documentUri || (result.kind === 'completion' && result.id === shownId),
    );
  }

  /** Forgets everything, as when another adapter becomes active. */
  clear(): void {
    this.#entries = [];
  }
}

function answerAt({ place, result }: Entry, asked: AskedPlace): CompletionResult | undefined {
  if (place.policyId !== asked.policyId) return undefined;
  if (result.kind === 'completion') return remainderAt(result, place, asked);
  return isSamePlace(place, asked) ? result : undefined;
}
