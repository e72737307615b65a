import type { PolicyId } from '../engine/policy.ts';
import { placeAfterAccepting, placeOnNextLine } from './typing/afterAccepting.ts';
import type { Clock, Timer } from './clock.ts';
import type {
  Completion,
  CompletionId,
  CompletionRequest,
  CompletionResult,
  NoCompletion,
  NoCompletionReason,
  PrepareRequest,
  WritingWatch,
} from './completion.ts';
import { CompletionRequests } from './completionRequests.ts';
import type { RequestSettings, RequestSources, ShownAround } from './completionRequests.ts';
import type { CodeFile } from './prompt/relatedCode.ts';
import type { CompletionCache } from './typing/completionCache.ts';
import { Eagerness } from './asking/eagerness.ts';
import { HeadStart, type EarlyTimes } from './asking/headStart.ts';
import { Pace } from './asking/pace.ts';
import type { DocumentEdit, OfferPlace, RefusedCompletion, RefusedTexts } from './asking/refusedTexts.ts';
import { RestingCursor } from './asking/restingCursor.ts';
import type { AskedPlace } from './typing/typingAlong.ts';
import { unlessAborted } from './unlessAborted.ts';
import { reasonNotToAsk, type AskingRules } from './asking/whenToAsk.ts';
import type { SettingsPlace, WantedPlace } from './wantedPlace.ts';
import { Writer } from './writer.ts';
import type { Writing } from './writing.ts';

/** What a completer follows; read anew for every completion. */
export interface CompleterSettings extends AskingRules, RequestSettings {
  /**
   * Typing has to rest this long before a completion is given out that was not given out before; 'auto'
   * follows the user's rhythm and the policy's speed (`pace.ts`).
   */
  readonly debounceMs: number | 'auto';
  /**
   * The policy begins to write this long before typing has rested, at the key at the soonest. Absent: not
   * before. With 'auto' at least so long.
   */
  readonly headStartMs?: number;
  /** How long a completion stands before what follows its acceptance is written ahead; absent: never. */
  readonly writeAheadAfterMs?: number;
}

/** What a completer is made of. */
export interface CompleterOptions extends RequestSources {
  /** Asks the policy, wherever it lives. Where the watch is never told, completions come whole. */
  readonly complete: (
    request: CompletionRequest,
    signal: AbortSignal,
    watch: Required<WritingWatch>,
  ) => Promise<CompletionResult>;
  /** Lets the policy read a prompt before it is asked to write behind it. Absent: it reads when it is asked. */
  readonly prepare?: (request: PrepareRequest, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly cache: CompletionCache;
  readonly refused: RefusedTexts;
  readonly settings: (place: SettingsPlace) => CompleterSettings;
}

type PlaceToAsk = WantedPlace & AskedPlace;

/** So many keys in a row that the editor did not ask behind: it does not want completions now. */
const maxUnaskedKeys = 4;

/**
 * The editor's side of completion: it decides whether and when to ask the policy. What was given out
 * before, or is written ahead, is answered at once; otherwise typing has to rest. The policy works
 * meanwhile: it reads the prompt at the key and begins to write a little later. A newer key ends all
 * of that, unless it is the next of what is being written.
 *
 * A completion of several lines is given out with its first line and grows when all of it is there.
 * While one stands, what would follow its acceptance is written ahead.
 */
export class Completer {
  readonly #options: CompleterOptions;
  readonly #eagerness: Eagerness;
  readonly #pace = new Pace();
  readonly #writer: Writer;
  readonly #headStart: HeadStart;
  readonly #resting: RestingCursor;
  readonly #requests: CompletionRequests;
  #policyId: PolicyId | undefined;
  /** Until it is dismissed or refused, or something else was typed. */
  #givenOutId: CompletionId | undefined;
  /** The document that the user is in, as far as was told. */
  #documentUri: string | undefined;
  /** How often all that was written was forgotten. */
  #forgottenCount = 0;
  #newest = new AbortController();
  #ahead: Timer | undefined;
  #unaskedKeys = 0;

  constructor(options: CompleterOptions) {
    this.#options = options;
    this.#eagerness = new Eagerness(options.clock);
    this.#writer = new Writer(options.cache);
    this.#headStart = new HeadStart(options.clock);
    this.#resting = new RestingCursor(options.clock);
    this.#requests = new CompletionRequests(options);
  }

  /** Says which policy answers from now on; `undefined` while there is none. */
  setPolicy(policyId: PolicyId | undefined): void {
    if (policyId === this.#policyId) return;
    this.forgetWritten();
    this.#policyId = policyId;
  }

  /** The settings have changed: what was written or held back under the former ones says nothing of those of now. */
  forgetWritten(): void {
    this.#forgottenCount += 1;
    this.#stopWriting();
    this.#options.cache.clear();
    this.#givenOutId = undefined;
  }

  /** The user turned down a completion that they could read; `offeredAt` is its place as it was then. */
  noteRefused(completion: RefusedCompletion, offeredAt: OfferPlace): void {
    this.#options.refused.add(completion, offeredAt);
    if (completion.id === this.#givenOutId) this.#givenOutId = undefined;
    this.#eagerness.noteRefused();
  }

  /** A document was edited, before anything is asked in what it is now. */
  noteEdited(edit: DocumentEdit): void {
    this.#options.refused.noteEdited(edit);
  }

  /** A document has another name, or all documents of a folder have. */
  noteRenamed(fromUri: string, toUri: string): void {
    this.#options.refused.noteRenamed(fromUri, toUri);
  }

  noteAccepted(): void {
    this.#eagerness.noteAccepted();
  }

  /** The user sent away what was shown: nothing more of it is written. */
  noteDismissed(): void {
    this.#givenOutId = undefined;
    this.#stopWriting();
  }

  /** The user asks for other texts: nothing is written meanwhile that nobody waits for. */
  noteOthersWanted(): void {
    this.#stopWriting();
  }

  /** Tells when all of a completion is there that was given out with its first line. */
  onGrown(listener: (grown: Completion) => void): Timer {
    return this.#writer.onGrown(listener);
  }

  /** Code that was shown from elsewhere in the project may not be there any more, or may not be shown: it is chosen anew. */
  forgetRelated(): void {
    this.#requests.forgetRelated();
  }

  /** A file of the project has another text by now: what was written elsewhere was written without it. */
  noteRelatedChanged(file: Pick<CodeFile, 'documentUri' | 'path'>): void {
    this.#requests.noteRelatedChanged(file);
    this.#options.cache.forgetElsewhere(file.documentUri, this.#givenOutId);
  }

  /** Whether a completion is wanted for a cursor, so that other work has to make way for the policy. */
  isWantedAt(place: WantedPlace): boolean {
    return !('reason' in this.#toAsk(place));
  }

  /** What there is for a cursor without asking the policy. */
  knownAt(place: WantedPlace): CompletionResult | undefined {
    return this.#policyId && this.#options.cache.find({ ...place, policyId: this.#policyId });
  }

  /** What a prompt at a place shows around its prefix, so that whoever asks besides finds read what was read for it. */
  shownAt(place: WantedPlace): ShownAround {
    return this.#requests.shownAt(place);
  }

  /** Takes a completion that stands at a place for the one that is known there. */
  keep(place: WantedPlace, completion: Completion): void {
    this.#enter(place);
    this.#options.cache.add({ ...place, policyId: completion.policyId }, completion);
    this.#givenOutId = completion.id;
    this.#options.refused.follow(completion.id, place);
  }

  /**
   * A key was pressed, and the editor will ask for the place in a moment: the policy is set to work
   * before it does. The request that it ends by that key says nothing of the work for this one.
   */
  noteTyped(place: WantedPlace): void {
    this.#pace.noteKey(this.#options.clock.nowMs());
    if (this.#unaskedKeys === maxUnaskedKeys) return;
    this.#unaskedKeys += 1;
    this.#newest.abort();
    this.#newest = new AbortController();
    this.#arriveAt(place);
  }

  /**
   * The cursor was moved. If it rests, and its user is at work, the policy reads the prompt there, so that the first
   * key need not wait for that.
   */
  noteMoved(placeNow: () => WantedPlace): void {
    this.#resting.end();
    const isAsked = this.#unaskedKeys < maxUnaskedKeys;
    if (!isAsked || !this.#pace.isAtWork(this.#options.clock.nowMs())) return;
    this.#resting.restAt((signal) => {
      const asked = this.#toAsk(placeNow());
      if (!('reason' in asked) && !this.#headStart.isAt(asked)) this.#prepare(asked, signal);
    });
  }

  /** The completion for a cursor, perhaps with its first line only, or why there is none. */
  async completeAt(place: WantedPlace, signal: AbortSignal): Promise<CompletionResult> {
    this.#unaskedKeys = 0;
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
      if (result.kind === 'completion') this.#giveOut(place, result);
      else this.#noteNothing(result);
      return result;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends what is still being asked. */
  dispose(): void {
    this.#newest.abort();
    this.#resting.end();
    this.#stopWriting();
  }

  async #answer(place: WantedPlace, signal: AbortSignal): Promise<CompletionResult> {
    const asked = this.#arriveAt(place);
    if ('reason' in asked) return { kind: 'none', id: this.#options.newId(), reason: asked.reason };
    const isRestNeeded = place.trigger === 'automatic' && !this.#isKnown(asked);
    if (isRestNeeded) await this.#headStart.rest(this.#times(place), signal);
    const forgottenCount = this.#forgottenCount;
    const answer = signal.aborted ? undefined : await this.#ask(asked, signal);
    const isEnded = answer?.kind === 'none' && answer.reason === 'cancelled' && !signal.aborted;
    // The policy or the settings have changed meanwhile, and the editor does not ask again by itself.
    if (isEnded && forgottenCount !== this.#forgottenCount) return this.#answer(place, signal);
    return answer === undefined ? cancelled(this.#options.newId()) : this.#unlessRefused(answer, place);
  }

  /** Sets the policy to work for where the user is; what does not lead there ends. */
  #arriveAt(place: WantedPlace): PlaceToAsk | { readonly reason: NoCompletionReason } {
    this.#enter(place);
    this.#ahead?.dispose();
    this.#resting.end();
    const asked = this.#toAsk(place);
    if ('reason' in asked) this.#stopWriting();
    else if (!this.#headStart.isAt(asked)) this.#begin(asked);
    return asked;
  }

  /** What was given out in another document is on the screen no more. */
  #enter({ documentUri }: WantedPlace): void {
    if (documentUri !== this.#documentUri) this.#givenOutId = undefined;
    this.#documentUri = documentUri;
  }

  /** The place as the policy is asked for it, or why it is not. */
  #toAsk(place: WantedPlace): PlaceToAsk | { readonly reason: NoCompletionReason } {
    const policyId = this.#policyId;
    const asked = policyId && { ...place, policyId };
    // What is asked for stays so while it is typed along: the editor asks unasked at each of its keys.
    const trigger = asked && this.#isGivenOutAt(asked) ? 'invoked' : place.trigger;
    const reason = reasonNotToAsk({ ...place, trigger }, this.#options.settings(place));
    return reason === undefined && asked !== undefined ? asked : { reason: reason ?? 'modelNotReady' };
  }

  /** Whether what was given out last is still to be had at a place: to the user it is the same completion. */
  #isGivenOutAt(place: PlaceToAsk): boolean {
    const id = this.#givenOutId;
    if (id === undefined) return false;
    return this.#writer.isWriting(id, place) || this.#options.cache.find(place)?.id === id;
  }

  /** Whether there is something for a place that may be given out without a rest. */
  #isKnown(place: PlaceToAsk): boolean {
    return this.#writer.isReleasedFor(place) || this.#options.cache.find(place) !== undefined;
  }

  #begin(place: PlaceToAsk): void {
    const isOnTheWay = this.#writer.leadsTo(place);
    if (!isOnTheWay) this.#stopWriting();
    const isIdle = isOnTheWay || place.trigger === 'invoked' || this.#isKnown(place);
    const work = {
      prepare: (signal: AbortSignal) => this.#prepare(place, signal),
      write: () => {
        const isWritten = this.#writer.leadsTo(place) || this.#isKnown(place);
        if (!isWritten) this.#write(place, this.#requests.at(place));
      },
    };
    this.#headStart.begin(place, this.#times(place), isIdle ? undefined : work);
  }

  #times(place: SettingsPlace): EarlyTimes {
    const { debounceMs, headStartMs } = this.#options.settings(place);
    const extraMs = this.#eagerness.extraDelayMs();
    if (debounceMs !== 'auto') return { restMs: debounceMs + extraMs, headStartMs };
    const { restMs } = this.#pace;
    return { restMs: restMs + extraMs, headStartMs: headStartMs && this.#pace.headStartMs };
  }

  /** What fails now fails again, and aloud, when a completion is wanted. */
  #prepare(place: PlaceToAsk, signal: AbortSignal): void {
    this.#options.prepare?.(this.#requests.toPrepare(place), signal).catch(() => undefined);
  }

  /**
   * The first line, or what there is of one; for an editor that asked on the user's own command, which
   * does not ask again for more, all of it, sure or not. Of what stands on the screen no more is written.
   * Undefined once the signal is aborted.
   */
  async #ask(place: PlaceToAsk, signal: AbortSignal): Promise<CompletionResult | undefined> {
    const isWholeWanted = place.trigger === 'invoked';
    const written = this.#writer.answerAt(place, isWholeWanted);
    const known = (written && (await unlessAborted(written, signal))) ?? this.#options.cache.find(place);
    const isMoreWanted = isWholeWanted && known?.id !== place.standingId;
    const isEnough = known !== undefined && !(isMoreWanted && isLessThanWritten(known));
    if (isEnough || signal.aborted) return known;
    const { first, whole } = this.#write(place, this.#requests.at(place));
    return unlessAborted(isWholeWanted ? whole : first, signal);
  }

  /** A first line is told early unless the user refused a text that begins with it. */
  #write(place: PlaceToAsk, request: CompletionRequest): Writing {
    const { complete, refused } = this.#options;
    const writing = this.#writer.write(place, (signal, { onFirstLine, onText }) =>
      complete(request, signal, {
        onText,
        onFirstLine: (firstLine) => {
          if (!refused.hasOneFrom(place, firstLine.text)) onFirstLine(firstLine);
        },
      }),
    );
    this.#notePace(writing);
    return writing;
  }

  #notePace({ first }: Writing): void {
    const { clock } = this.#options;
    const begunMs = clock.nowMs();
    void first.then(
      ({ kind }) => {
        if (kind === 'completion') this.#pace.noteWritten(clock.nowMs() - begunMs);
      },
      () => undefined,
    );
  }

  /** Somebody who asks by a command wants to see even what they refused. */
  #unlessRefused(result: CompletionResult, place: WantedPlace): CompletionResult {
    const { id } = result;
    if (result.kind === 'none' || place.trigger === 'invoked' || id === this.#givenOutId) return result;
    const { policyId, written, text } = result;
    const isRefused = this.#options.refused.has(place, text);
    return isRefused ? { kind: 'none', id, reason: 'justRefused', policyId, written } : result;
  }

  #giveOut(place: WantedPlace, completion: Completion): void {
    this.#givenOutId = completion.id;
    this.#writer.release(completion.id);
    this.#options.refused.follow(completion.id, place);
    this.#writeAheadLater(place, completion);
  }

  #noteNothing({ id, reason }: NoCompletion): void {
    if (reason !== 'cancelled') this.#givenOutId = undefined;
    if (reason === 'unsure') this.#writer.release(id);
  }

  #writeAheadLater(place: WantedPlace, completion: Completion): void {
    const { clock, settings } = this.#options;
    const { writeAheadAfterMs } = settings(place);
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
    const writing = this.#write(asked, this.#requests.ahead(asked));
    writing.release();
    // What fails now fails again, and aloud, when it is wanted.
    return writing.whole.catch(() => undefined);
  }

  #stopWriting(): void {
    this.#ahead?.dispose();
    this.#headStart.end();
    this.#writer.stop();
  }
}

/** Whether the policy has more to say at the place, which it was not sure enough of. */
function isLessThanWritten(result: CompletionResult): boolean {
  return result.kind === 'none' ? result.reason === 'unsure' : result.isSurePart === true;
}

function cancelled(id: CompletionId): NoCompletion {
  return { kind: 'none', id, reason: 'cancelled' };
}
