import type { Clock } from '../clock.ts';
import type { Completion, CompletionId } from '../completion.ts';
import { cursorLineOf, normaliseContext } from '../prompt/context.ts';
import { RecentMap } from '../recentMap.ts';
import { FollowedSpot, type Edit } from '../typing/followedSpot.ts';
import { isAtSpot, spotOf, type CursorPlace } from '../typing/spot.ts';

/**
 * So long a refusal holds also for whoever types along the text: later the user may want what was in the way, and
 * shows it by writing some of it.
 */
const momentMs = 10 * 60_000;

/**
 * Beyond that the oldest is forgotten. To follow so many takes 0.05 ms of a keystroke, on a busy machine; others keep
 * 20 to 50 of them.
 */
const maxRefusals = 200;

/** Completions whose places are followed in case they are refused: what becomes of one is known soon. */
const maxOffers = 50;

/** Where a text was offered. */
export interface OfferPlace extends CursorPlace {
  readonly documentUri: string;
}

/** As much of a completion as it is known by once it is refused. */
export type RefusedCompletion = Pick<Completion, 'id' | 'text' | 'isFirstLine'>;

/** An edit of a document. */
export interface DocumentEdit extends Edit {
  readonly documentUri: string;
}

/** A place that is followed through the edits of its document and through new names of it. */
interface FollowedPlace {
  documentUri: string;
  readonly followed: FollowedSpot;
}

/** A text that was refused at a place. */
interface Refusal {
  readonly place: FollowedPlace;
  /** The cursor's line with the text in it, without the outer white space. */
  readonly lines: string;
  /** What would have stood below was not there yet, and is refused with it. */
  readonly isFirstLine: boolean;
  /** Of what stood on the line before the text, without the white space in front. */
  readonly typedChars: number;
  readonly atMs: number;
}

/**
 * The texts the user refused in this session, so that none of them is offered at the same place again.
 * A place is a line: it is followed through the edits around it, it is the same while one types along
 * the text, and it is gone with its line. What stands on the line is compared, so that the place may be
 * known a little too wide.
 */
export class RefusedTexts {
  readonly #clock: Clock;
  /** Where the last completions were offered. */
  readonly #offers = new RecentMap<CompletionId, FollowedPlace>(maxOffers);
  /** Oldest first. */
  #refusals: Refusal[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Follows the place where a completion is offered from now on; it may be refused later. */
  follow(id: CompletionId, place: OfferPlace): void {
    const { documentUri } = place;
    const followed = this.#offers.get(id) ?? { documentUri, followed: new FollowedSpot(spotOf(place)) };
    this.#offers.set(id, followed);
  }

  /**
   * Takes a completion whose place is followed and that was on the screen long enough to be read.
   *
   * @param offeredAt the place as it was when the text was offered.
   */
  add({ id, text, isFirstLine }: RefusedCompletion, offeredAt: OfferPlace): void {
    const place = this.#offers.get(id);
    if (place === undefined) return;
    const lines = linesWith(offeredAt, text);
    const [typedChars, atMs] = [typedCharsAt(offeredAt), this.#clock.nowMs()];
    const refusal = { place, lines, isFirstLine: isFirstLine === true, typedChars, atMs };
    const others = this.#refusals.filter((other) => !isSame(other, refusal));
    this.#refusals = [...others, refusal].slice(-maxRefusals);
  }

  /** Whether the text was refused at this place, or its first line before the rest was there. */
  has(place: OfferPlace, text: string): boolean {
    const lines = linesWith(place, text);
    return this.#refusals.some((refusal) => isOf(refusal, lines) && this.#holdsAt(refusal, place));
  }

  /** Whether a text refused at this place begins with this one. */
  hasOneFrom(place: OfferPlace, beginning: string): boolean {
    const start = linesWith(place, beginning);
    return this.#refusals.some((refusal) => refusal.lines.startsWith(start) && this.#holdsAt(refusal, place));
  }

  /** Takes the places in a document along through an edit of it. */
  noteEdited(edit: DocumentEdit): void {
    for (const { documentUri, followed } of this.#places())
      if (documentUri === edit.documentUri) followed.noteEdited(edit);
  }

  /** Takes the places in a document, or in all documents of a folder, along to its new name. */
  noteRenamed(fromUri: string, toUri: string): void {
    for (const place of this.#places())
      if (place.documentUri === fromUri || place.documentUri.startsWith(`${fromUri}/`))
        place.documentUri = toUri + place.documentUri.slice(fromUri.length);
  }

  #holdsAt({ place: { documentUri, followed }, typedChars, atMs }: Refusal, asked: OfferPlace): boolean {
    if (documentUri !== asked.documentUri) return false;
    const isTypedAlong = typedCharsAt(asked) > typedChars;
    if (isTypedAlong && this.#clock.nowMs() - atMs >= momentMs) return false;
    return followed.spot !== undefined && isAtSpot(followed.spot, asked);
  }

  #places(): Set<FollowedPlace> {
    return new Set([...this.#offers.values(), ...this.#refusals.map(({ place }) => place)]);
  }
}

function isSame(a: Refusal, b: Refusal): boolean {
  return a.lines === b.lines && a.isFirstLine === b.isFirstLine && isSamePlace(a.place, b.place);
}

function isSamePlace(a: FollowedPlace, b: FollowedPlace): boolean {
  return a.documentUri === b.documentUri && a.followed.spot?.start === b.followed.spot?.start;
}

/** Whether a refusal is of these lines, or of their first one. */
function isOf({ lines: refused, isFirstLine }: Refusal, lines: string): boolean {
  if (!lines.startsWith(refused)) return false;
  const behind = lines.slice(refused.length);
  return behind === '' || (isFirstLine && /^[^\S\n]*\n/.test(behind));
}

function typedCharsAt(place: OfferPlace): number {
  return cursorLineOf(normaliseContext(place)).before.trimStart().length;
}

function linesWith(place: OfferPlace, text: string): string {
  return (cursorLineOf(normaliseContext(place)).before + text).trim();
}
