import type { Clock } from './clock.ts';
import { cursorLineOf, normaliseContext, type Context } from './context.ts';

/** A refusal holds this long: the user may want later what was in the way a moment ago. */
const refusalMs = 10 * 60_000;

/** Others keep 20 to 50 of them; beyond that the oldest is forgotten. */
const maxRefusals = 50;

/** Where a text was offered. */
export interface OfferPlace extends Context {
  readonly documentUri: string;
}

/**
 * The texts the user refused a moment ago, so that none of them is offered at the same place again.
 * A place is a line and the line above it, not an offset: it stays the same while one edits elsewhere
 * and while one types along the text.
 */
export class RefusedTexts {
  readonly #clock: Clock;
  /** When each was refused, oldest first. */
  readonly #refusedAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a text that was on the screen long enough to be read. */
  add(place: OfferPlace, text: string): void {
    const key = keyOf(place, text);
    this.#refusedAtMs.delete(key);
    this.#refusedAtMs.set(key, this.#clock.nowMs());
    const [oldest] = this.#refusedAtMs.keys();
    if (this.#refusedAtMs.size > maxRefusals) this.#refusedAtMs.delete(oldest!);
  }

  /** Whether the text was refused at this place in the last minutes. */
  has(place: OfferPlace, text: string): boolean {
    const refusedAtMs = this.#refusedAtMs.get(keyOf(place, text));
    return refusedAtMs !== undefined && this.#clock.nowMs() - refusedAtMs < refusalMs;
  }

  /** Whether a text refused at this place in the last minutes begins with this one. */
  hasOneFrom(place: OfferPlace, beginning: string): boolean {
    const start = keyOf(place, beginning).slice(0, -keyEnd.length);
    return Array.from(this.#refusedAtMs).some(
      ([key, atMs]) => key.startsWith(start) && this.#clock.nowMs() - atMs < refusalMs,
    );
  }
}

/** What closes a key: its last part is the text. */
const keyEnd = '"]';

function keyOf(place: OfferPlace, text: string): string {
  const context = normaliseContext(place);
  const { before } = cursorLineOf(context);
  const above = context.prefix.slice(0, context.prefix.length - before.length).trimEnd();
  const lineAbove = above.slice(above.lastIndexOf('\n') + 1).trim();
  return JSON.stringify([place.documentUri, lineAbove, (before + text).trim()]);
}
