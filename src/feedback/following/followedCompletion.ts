import type { CompletionId } from '../../completion/completion.ts';
import type { Acceptance, Ending } from './ending.ts';
import type { Place } from './place.ts';
import type { PlaceWatch } from './placeWatch.ts';
import type { Progress } from '../progress.ts';

/** An edit that touched a completion's place: when, and what stood there before it. */
export interface Touch {
  readonly atMs: number;
  readonly textBefore: string;
}

/** What is known of a completion at some time. */
export interface Judgement {
  readonly ending: (Ending & { readonly atMs: number }) | undefined;
  readonly acceptance: Acceptance | undefined;
}

/** An edit that changed how a completion ended. */
export interface EditJudgement {
  readonly editedAtMs: number;
  readonly before: Judgement;
  readonly ending: Judgement['ending'];
}

/**
 * One completion between its offer and the last look at its place: what the tracker remembers
 * while it decides.
 */
export class FollowedCompletion {
  /** How it ended as far as reported. Kept while it is on the screen again. */
  ending: Judgement['ending'];
  /** The newest edits that changed how it ended and may turn out to be Git's, oldest first. */
  judgedByEdits: readonly EditJudgement[] = [];
  /** The looks at its place. Absent until it has ended. */
  watch: PlaceWatch | undefined;
  /** When the accept command last named it without its edit having come yet. */
  commandAtMs = -Infinity;
  /** The newest edit at its place. */
  lastTouch: Touch = { atMs: -Infinity, textBefore: '' };
  #place: Place;
  #acceptance: Acceptance | undefined;
  #wasUndone = false;
  #shownMs = 0;
  #onScreenSinceMs: number | undefined;

  constructor(place: Place) {
    this.#place = place;
  }

  get id(): CompletionId {
    return this.#place.answer.id;
  }

  get place(): Place {
    return this.#place;
  }

  /** Whether all of its text stands at its place. */
  get isWhole(): boolean {
    return this.#place.progress().kind === 'whole';
  }

  get judgement(): Judgement {
    return { ending: this.ending, acceptance: this.#acceptance };
  }

  /** Absent while nothing of it is accepted. */
  get acceptance(): Acceptance | undefined {
    return this.#acceptance;
  }

  /** The part of its text that the user took over; absent when they took none. */
  get acceptedText(): string | undefined {
    return this.#acceptance && this.#place.answer.text.slice(0, this.#acceptance.acceptedChars);
  }

  /** Whether it was accepted, whole or in part, as far as reported. */
  get isAccepted(): boolean {
    const kind = this.ending?.outcome.kind;
    return kind === 'accepted' || kind === 'acceptedPartly';
  }

  /** Whether nothing stands at its place any more that an accept put there. */
  get isTakenBack(): boolean {
    return this.#acceptance?.textBefore.startsWith(this.#place.text) ?? false;
  }

  /** Whether an accept of it was taken back, so that a redo accepts it again. */
  get wasUndone(): boolean {
    return this.#wasUndone;
  }

  /** Begins anew at another place, where the same completion was offered again. */
  moveTo(place: Place): void {
    if (place === this.#place) return;
    this.watch?.dispose();
    this.#place = place;
    this.#acceptance = undefined;
  }

  show(atMs: number): void {
    this.#onScreenSinceMs ??= atMs;
  }

  /** How long it was on the screen in all when it last left it. */
  get shownMs(): number {
    return this.#shownMs;
  }

  /** Takes it off the screen. Gives how long it was there in all, as far as known: the clock may be set back meanwhile. */
  hide(atMs: number): number {
    if (this.#onScreenSinceMs !== undefined) this.#shownMs += Math.max(0, atMs - this.#onScreenSinceMs);
    this.#onScreenSinceMs = undefined;
    return this.#shownMs;
  }

  /** Notes that an edit accepted the completion up to where its place agrees with it now. */
  accept(after: Progress, edit: Touch, evidence: Acceptance['evidence']): void {
    if (after.kind === 'diverged') return;
    this.#acceptance = {
      acceptedChars: after.kind === 'whole' ? this.#place.answer.text.length : after.matchedChars,
      textBefore: this.#acceptance?.textBefore ?? edit.textBefore,
      atMs: edit.atMs,
      evidence: this.#acceptance?.evidence === 'command' ? 'command' : evidence,
    };
  }

  /** Follows a deletion into what was accepted: less of it is, or none when no more stands there than before. */
  shrinkAcceptance(after: Progress): void {
    if (this.#acceptance === undefined || after.kind !== 'along') return;
    const acceptedChars = Math.min(this.#acceptance.acceptedChars, after.matchedChars);
    this.#acceptance = this.isTakenBack ? undefined : { ...this.#acceptance, acceptedChars };
  }

  /** Takes what is accepted back to what it was before an edit that was not the user's. */
  restoreAcceptance(acceptance: Acceptance | undefined): void {
    this.#acceptance = acceptance;
  }

  /** Its accept was taken back, or was another completion's. */
  forgetAcceptance(): void {
    this.#acceptance = undefined;
    this.#wasUndone = true;
  }
}
