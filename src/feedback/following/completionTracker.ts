import { assertNever } from '../../engine/invariant.ts';
import type { CompletionId } from '../../completion/completion.ts';
import type { Clock } from '../../completion/clock.ts';
import type { EditorEvent } from './editorEvent.ts';
import {
  accepted,
  hasOpinion,
  isAcceptedByCommand,
  judgeEnding,
  judgeUndone,
  superseded,
  type Ending,
  type EndingCause,
} from './ending.ts';
import {
  acceptEvidence,
  causeOfEdit,
  isCheckoutsWork,
  isCommandsWork,
  isLateAccept,
  isOfOneCheckout,
  isSavesWork,
  isUndone,
} from './editRules.ts';
import type { FeedbackSink } from '../storing/feedbackStore.ts';
import { fileOf, isAtOrBelow } from '../files/fileOf.ts';
import { FollowedCompletion, type Judgement } from './followedCompletion.ts';
import { recordOfNothingOffered, recordOfOffer } from './newRecord.ts';
import { Place, type EditedEvent, type Step } from './place.ts';
import { PlaceWatch } from './placeWatch.ts';
import { RecordedPrompts } from './recordedPrompts.ts';

type EventOf<Kind extends EditorEvent['kind']> = Extract<EditorEvent, { kind: Kind }>;

/** When something happened, and in which document. */
type Happening = Omit<EventOf<'hidden'>, 'kind'>;

/**
 * What became of every completion. Hears the editor's events in their order, follows each completion
 * from the offer to the last look at its place, and writes what it learns to a sink.
 *
 * One completion at most is on the screen: the editor draws it at the one cursor the user has.
 * There is no timeout after which it counts as refused: it stays until something ends it.
 */
export class CompletionTracker {
  readonly #sink: FeedbackSink;
  readonly #clock: Clock;
  readonly #followed = new Map<CompletionId, FollowedCompletion>();
  readonly #prompts = new RecordedPrompts();
  /** Completions with a reported opinion: a later ending without one does not take it back. */
  readonly #withOpinion = new Set<CompletionId>();
  #onScreen: FollowedCompletion | undefined;
  /** What the newest edit ended. It was not on the screen after all if the accept command names another. */
  #endedByEdit: FollowedCompletion | undefined;

  constructor(sink: FeedbackSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Where the completions are that are followed now. */
  get places(): readonly Place[] {
    return Array.from(this.#followed.values(), ({ place }) => place);
  }

  handle(event: EditorEvent): void {
    switch (event.kind) {
      case 'offered':
        this.#offered(event);
        break;
      case 'notOffered':
        this.#notOffered(event);
        break;
      case 'hidden':
        this.#hidden(event);
        break;
      case 'edited':
        this.#edited(event);
        break;
      case 'acceptCommand':
        this.#acceptCommand(event);
        break;
      case 'dismissCommand':
        this.#dismissCommand(event);
        break;
      case 'cursorMoved':
        this.#cursorMoved(event);
        break;
      case 'saved':
        this.#saved(event);
        break;
      case 'closed':
        this.#closed(event);
        break;
      case 'renamed':
        this.#renamed(event);
        break;
      case 'checkedOut':
        this.#checkedOut(event);
        break;
      default:
        assertNever(event);
    }
  }

  /** Closes every document. What was not measured yet stays absent; it is never guessed. */
  dispose(): void {
    const atMs = this.#clock.nowMs();
    const documentUris = Array.from(this.#followed.values(), ({ place }) => place.documentUri);
    for (const documentUri of new Set(documentUris)) this.#closed({ documentUri, atMs });
  }

  #offered(event: EventOf<'offered'>): void {
    const known = this.#followed.get(event.completion.id);
    if (known !== undefined) this.#growIfMore(known, event);
    if (known?.isAccepted === true && known.isWhole) return;
    const place = this.#placeOf(event, known);
    if (event.isBehind === true) {
      if (known === undefined) this.#watch(this.#followAt(place), event.atMs);
      return;
    }
    const isContinued = known?.place.isContinuedBy(event, event.completion.text) === true;
    const followed = isContinued ? known : this.#followAt(place);
    this.#moveCursor(event.documentUri, event.offset);
    this.#show(followed, event.atMs);
  }

  /** The place of a completion from where its record begins on. It is recorded unless it is followed. */
  #placeOf(event: EventOf<'offered'>, known: FollowedCompletion | undefined): Place {
    const beginning = this.#prompts.beginningOf(event, event.completion);
    const completion = { ...event.completion, ...beginning.answer };
    if (known === undefined) this.#sink.addCompletion(recordOfOffer({ ...beginning.asked, completion }));
    return new Place(beginning);
  }

  /** The rest of a completion whose first line was shown before: it stays one completion. */
  #growIfMore(followed: FollowedCompletion, event: EventOf<'offered'>): void {
    const text = followed.place.grownText(event, event.completion.text);
    if (text === undefined) return;
    if (followed.ending?.outcome.kind === 'typedThrough') this.#withOpinion.delete(followed.id);
    followed.place.grow(text);
    this.#prompts.grow(followed.id, text);
    const { written } = event.completion;
    this.#sink.growCompletion({ id: followed.id, text, written }, event.documentUri);
  }

  #notOffered(event: EventOf<'notOffered'>): void {
    if (event.noCompletion.reason !== 'cancelled') this.#hidden(event);
    const record = recordOfNothingOffered(event);
    if (record === undefined) {
      this.#sink.countNothingOffered(event.noCompletion.reason);
      return;
    }
    const nothing = { id: record.id, text: '', replacedChars: 0 };
    const beginning = this.#prompts.beginningOf(event, nothing);
    const { offset, prefix } = beginning.asked;
    this.#sink.addCompletion({ ...record, offset, prefix });
    this.#moveCursor(event.documentUri, event.offset);
    const known = this.#followed.get(record.id);
    const isFollowed = known?.place.isAskedFor(event) === true;
    const followed = isFollowed ? known : this.#followAt(new Place(beginning));
    // What the user asked for and has not answered yet is looked at when they have.
    if (followed !== this.#onScreen) this.#watch(followed, event.atMs);
  }

  /** Nobody reads the completion on the screen meanwhile. It has not ended: what is written there may still be its text. */
  #hidden({ documentUri, atMs }: Happening): void {
    if (this.#onScreen?.place.documentUri === documentUri) this.#onScreen.hide(atMs);
  }

  #edited(event: EditedEvent): void {
    const steps = this.#inDocument(event.documentUri).flatMap((followed) => {
      const step = followed.place.follow(event);
      return step === undefined ? [] : [{ followed, step, before: followed.judgement }];
    });
    const current = steps.find(({ followed }) => followed === this.#onScreen);
    const isClaimed = current !== undefined && this.#advance(current.followed, current.step, event);
    for (const { followed, step, before } of steps) {
      if (followed !== current?.followed) this.#revise(followed, step, { event, isClaimed });
      followed.lastTouch = { atMs: event.atMs, textBefore: step.textBefore };
      if (followed.ending !== before.ending) this.#noteJudged(followed, before, event.atMs);
      if (followed.place.isLost) this.#forget(followed);
    }
  }

  /** Follows an edit at the completion on the screen. Gives whether it accepted part of it. */
  #advance(followed: FollowedCompletion, step: Step, event: EditedEvent): boolean {
    const evidence = acceptEvidence(followed, step, event);
    if (evidence === undefined) followed.shrinkAcceptance(step.after);
    else followed.accept(step.after, { atMs: event.atMs, textBefore: step.textBefore }, evidence);
    if (evidence === 'command') followed.commandAtMs = -Infinity;
    const cause = causeOfEdit(followed.place, step.after);
    if (cause === undefined) return evidence !== undefined;
    this.#end(followed, cause, event.atMs);
    this.#endedByEdit = followed;
    return evidence !== undefined;
  }

  /** Rewrites an ending after the fact: an accept that was taken back, or one that came late. */
  #revise(followed: FollowedCompletion, step: Step, by: { event: EditedEvent; isClaimed: boolean }): void {
    const { atMs } = by.event;
    if (isUndone(followed, atMs)) {
      const shownMs = followed.hide(atMs) + Math.max(0, atMs - followed.ending!.atMs);
      followed.forgetAcceptance();
      this.#report(followed, judgeUndone(shownMs), atMs);
    } else if (!by.isClaimed && isLateAccept(followed, step, by.event)) {
      followed.accept(step.after, { atMs, textBefore: step.textBefore }, 'text');
      this.#report(followed, accepted('text'), atMs);
    }
  }

  #acceptCommand({ completionId, atMs }: EventOf<'acceptCommand'>): void {
    const followed = this.#followed.get(completionId);
    if (followed === undefined) return;
    followed.commandAtMs = atMs;
    if (followed === this.#onScreen) this.#creditCommand(followed, atMs);
    else if (followed.isWhole || followed.ending?.outcome.kind === 'accepted')
      this.#confirmAccept(followed, atMs);
    else if (followed.place.isGoingAlong) this.#show(followed, atMs);
  }

  /** What the edit just before the accept command brought was accepted, though one key could have typed it. */
  #creditCommand(followed: FollowedCompletion, atMs: number): void {
    if (!isCommandsWork(followed, atMs)) return;
    followed.accept(followed.place.progress(), followed.lastTouch, 'command');
  }

  /** An accept command for a completion whose text stands there already. */
  #confirmAccept(followed: FollowedCompletion, atMs: number): void {
    followed.accept(followed.place.progress(), followed.lastTouch, 'command');
    this.#report(followed, accepted('command'), followed.lastTouch.atMs);
    const other = this.#endedByEdit;
    if (other === undefined || other === followed || !isCommandsWork(other, atMs)) return;
    other.forgetAcceptance();
    this.#report(other, superseded(followed.id), atMs);
  }

  #dismissCommand(event: EventOf<'dismissCommand'>): void {
    if (this.#onScreen?.place.documentUri === event.documentUri) {
      this.#end(this.#onScreen, { kind: 'dismissCommand' }, event.atMs);
    }
  }

  #cursorMoved({ documentUri, offset, atMs }: EventOf<'cursorMoved'>): void {
    this.#moveCursor(documentUri, offset);
    if (this.#onScreen?.place.holds(documentUri, offset) === false) {
      this.#end(this.#onScreen, { kind: 'left', why: 'The cursor moved elsewhere.' }, atMs);
    }
  }

  /** What trims or formats a file as it is saved refuses nothing, where it changes the text before a completion. */
  #saved({ documentUri, atMs }: EventOf<'saved'>): void {
    for (const followed of this.#inDocument(documentUri)) {
      followed.place.markSaved();
      if (!isSavesWork(followed, atMs)) continue;
      const why = 'The text before it was changed as the file was saved.';
      this.#report(followed, judgeLeft(followed, why), followed.ending!.atMs);
    }
  }

  /** What was saved is what the user wrote in the end; what was not may be thrown away with the document. */
  #closed({ documentUri, atMs }: Happening): void {
    if (this.#onScreen?.place.documentUri === documentUri) {
      this.#end(this.#onScreen, { kind: 'left', why: 'The document was closed.' }, atMs);
    }
    for (const followed of this.#inDocument(documentUri)) {
      followed.place.moveCursorAway();
      if (followed.place.isSaved) followed.watch?.noteFinalText();
      this.#forget(followed);
    }
  }

  #renamed({ documentUri, newUri }: EventOf<'renamed'>): void {
    for (const { place } of this.#below(documentUri)) {
      // Its cells are closed with the notebook, and are other ones in that of the new name.
      if (fileOf(place.documentUri) !== place.documentUri) continue;
      place.rename(newUri + place.documentUri.slice(documentUri.length));
    }
  }

  #checkedOut({ documentUri, atMs }: EventOf<'checkedOut'>): void {
    for (const followed of this.#below(documentUri)) {
      followed.place.markCheckedOut(atMs);
      this.#takeBackCheckout(followed);
    }
  }

  /** Remembers what was known before an edit changed it, until it is clear who made the edit. */
  #noteJudged(followed: FollowedCompletion, before: Judgement, editedAtMs: number): void {
    const { ending, judgedByEdits } = followed;
    const isSurelyTheUsers = ending !== undefined && isAcceptedByCommand(ending);
    // A command that was heard, for this edit or since the edit before, is surely the user's.
    const isChain = judgedByEdits.at(-1)?.ending === before.ending;
    const earlier = isChain
      ? judgedByEdits.filter((judged) => isOfOneCheckout(judged.editedAtMs, editedAtMs))
      : [];
    followed.judgedByEdits = isSurelyTheUsers ? [] : [...earlier, { editedAtMs, before, ending }];
    this.#takeBackCheckout(followed);
  }

  /** What Git did to a place is no opinion of the user: what was known before holds, or it was only left. */
  #takeBackCheckout(followed: FollowedCompletion): void {
    const { judgedByEdits, place } = followed;
    // A command that was heard since is surely the user's.
    if (judgedByEdits.at(-1)?.ending !== followed.ending) return;
    // Git may write a file more than once: what was known before the first of it holds.
    const judged = judgedByEdits.find(({ editedAtMs }) => isCheckoutsWork(place, editedAtMs));
    if (judged === undefined) return;
    const { ending, acceptance } = judged.before;
    followed.restoreAcceptance(acceptance);
    const left = judgeLeft(followed, 'Another branch was checked out.');
    this.#report(followed, ending ?? left, ending?.atMs ?? judged.editedAtMs);
  }

  #show(followed: FollowedCompletion, atMs: number): void {
    if (this.#onScreen !== undefined && this.#onScreen !== followed) {
      this.#end(this.#onScreen, { kind: 'superseded', by: followed.id }, atMs);
    }
    this.#onScreen = followed;
    followed.show(atMs);
  }

  #end(followed: FollowedCompletion, cause: EndingCause, atMs: number): void {
    if (this.#onScreen === followed) this.#onScreen = undefined;
    const { acceptance, place } = followed;
    const ending = judgeEnding({ text: place.answer.text, shownMs: followed.hide(atMs), acceptance }, cause);
    const isNews = hasOpinion(ending.outcome) || !this.#withOpinion.has(followed.id);
    if (isNews) this.#report(followed, ending, atMs);
    else this.#watch(followed, atMs);
  }

  #report(followed: FollowedCompletion, ending: Ending, atMs: number): void {
    followed.ending = { ...ending, atMs };
    if (hasOpinion(ending.outcome)) this.#withOpinion.add(followed.id);
    else this.#withOpinion.delete(followed.id);
    // It may be on the screen again by now, and stays there.
    this.#sink.setOutcome({ id: followed.id, ...ending, shownMs: followed.shownMs });
    this.#watch(followed, atMs);
  }

  /** Looks at the place from now on, in exchange for any earlier watch of it. */
  #watch(followed: FollowedCompletion, sinceMs: number): void {
    followed.watch?.dispose();
    followed.watch = new PlaceWatch(followed.place, followed.acceptedText, this.#sink, this.#clock);
    followed.watch.start(sinceMs, () => {
      if (followed !== this.#onScreen) this.#forget(followed);
    });
  }

  #followAt(place: Place): FollowedCompletion {
    const followed = this.#followed.get(place.answer.id) ?? new FollowedCompletion(place);
    followed.moveTo(place);
    this.#followed.set(followed.id, followed);
    return followed;
  }

  #forget(followed: FollowedCompletion): void {
    followed.watch?.dispose();
    this.#followed.delete(followed.id);
  }

  #moveCursor(documentUri: string, offset: number): void {
    for (const { place } of this.#followed.values()) place.moveCursor(documentUri, offset);
  }

  /** Those in a file, or in any file of a folder. */
  #below(uri: string): FollowedCompletion[] {
    return Array.from(this.#followed.values()).filter(({ place }) => isAtOrBelow(place.documentUri, uri));
  }

  #inDocument(documentUri: string): FollowedCompletion[] {
    return Array.from(this.#followed.values()).filter(({ place }) => place.documentUri === documentUri);
  }
}

/** The ending of a completion that nobody answered. */
function judgeLeft({ place, shownMs, acceptance }: FollowedCompletion, why: string): Ending {
  return judgeEnding({ text: place.answer.text, shownMs, acceptance }, { kind: 'left', why });
}
