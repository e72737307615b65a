import type { TextChange } from '../../completion/typing/textChange.ts';
import type { AskedAt, EditorEvent } from './editorEvent.ts';
import { progressOf, type Progress } from '../progress.ts';
import type { Answer, Beginning } from './recordedPrompts.ts';
import { cutToLines, lineCountOf, withoutCarriageReturns, type CutText } from './survival.ts';
import { endOf, moveRange, reachesBack, type TrackedRange } from './trackedRange.ts';
import { isKeystroke } from './typing.ts';

/**
 * A place with more text in it than this is given up: four times the longest final text. Somebody
 * pasted a file into it.
 */
const maxTrackedChars = 4000;

/**
 * A place that nobody touched for so long has settled, even with the cursor still in it. Zed waits
 * the same 10 s before it takes a region's text for final.
 */
const settledAfterMs = 10_000;

/** The document changed. */
export type EditedEvent = Extract<EditorEvent, { kind: 'edited' }>;

/** What one edit did to a place. */
export interface Step {
  /** Whether more came in than one key inserts, and came as an accept does. */
  readonly isChunk: boolean;
  /** The text at the place before the edit. */
  readonly textBefore: string;
  readonly before: Progress;
  readonly after: Progress;
}

/**
 * Where one completion was asked for, followed through every later edit of its document: it begins
 * at the cursor and grows by what the user writes there.
 */
export class Place {
  #documentUri: string;
  #answer: Answer;
  readonly #isPromptsEnd: boolean;
  readonly #prefix: string;
  readonly #replaced: string;
  #range: TrackedRange;
  /**
   * The part of the range that answers the completion, known once all of it stands there or a line
   * end was written behind the answer. It follows edits but does not grow: a formatter may spread it
   * over more lines. Undefined before that, 'lost' when an edit left its end unknown.
   */
  #core: TrackedRange | 'lost' | undefined;
  #isHere = true;
  #isLost = false;
  #startHolds = true;
  #touchedMs: number;
  #isSaved = false;
  #checkedOutAtMs: number | undefined;

  constructor({ asked, answer, typedText, isPromptsEnd }: Beginning) {
    this.#documentUri = asked.documentUri;
    this.#answer = answer;
    this.#isPromptsEnd = isPromptsEnd;
    this.#prefix = asked.prefix;
    this.#replaced = asked.suffix.slice(0, answer.replacedChars);
    this.#range = { offset: asked.offset, text: typedText + this.#replaced };
    this.#touchedMs = asked.atMs;
  }

  get documentUri(): string {
    return this.#documentUri;
  }

  get answer(): Answer {
    return this.#answer;
  }

  /** What stands at the place now. */
  get text(): string {
    return this.#range.text;
  }

  /** The stretches of the document that are followed: the place, and the part that answers the completion once it is known. */
  get ranges(): readonly TrackedRange[] {
    return typeof this.#core === 'object' ? [this.#range, this.#core] : [this.#range];
  }

  /** Whether the place could not be followed: the file was reloaded or reformatted as a whole. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Whether the text before the place still is what the completion was asked with, up to the cursor. */
  get startHolds(): boolean {
    return this.#startHolds;
  }

  /** Whether what stands there now is on the disk. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** Whether another branch was checked out since: the text may be that one's. */
  get isCheckedOut(): boolean {
    return this.#checkedOutAtMs !== undefined;
  }

  /** When that was; undefined when none was. */
  get checkedOutAtMs(): number | undefined {
    return this.#checkedOutAtMs;
  }

  progress(): Progress {
    return progressOf(this.answer.text, this.#range.text, this.#replaced);
  }

  /** Whether an offset lies in the place or at one of its ends. */
  holds(documentUri: string, offset: number): boolean {
    return documentUri === this.documentUri && offset >= this.#range.offset && offset <= endOf(this.#range);
  }

  /** Takes note of where the cursor is: what is typed at the place's ends belongs to it only then. */
  moveCursor(documentUri: string, offset: number): void {
    this.#isHere = this.holds(documentUri, offset);
  }

  moveCursorAway(): void {
    this.#isHere = false;
  }

  markSaved(): void {
    this.#isSaved = true;
  }

  markCheckedOut(atMs: number): void {
    this.#checkedOutAtMs = atMs;
  }

  /** Goes along with its document to another name. */
  rename(documentUri: string): void {
    this.#documentUri = documentUri;
  }

  /** Carries the place through one edit of its document. Gives what that did to it; undefined when nothing. */
  follow(event: EditedEvent): Step | undefined {
    const textBefore = this.#range.text;
    const startHeld = this.#startHolds;
    const arrivals = event.changes.map((change) => this.#move(change, event.reason !== undefined));
    const isTouched = textBefore !== this.#range.text || startHeld !== this.#startHolds || this.#isLost;
    if (!isTouched) return undefined;
    this.#noteTouch(event, textBefore);
    const after = this.progress();
    this.#noteCore(after);
    const isChunk =
      arrivals.includes('inserted') || (arrivals.includes('replaced') && after.kind === 'whole');
    return { isChunk, textBefore, before: progressOf(this.answer.text, textBefore, this.#replaced), after };
  }

  /** Whether the completion can still be shown here: what was written at the place agrees with it so far. */
  get isGoingAlong(): boolean {
    return this.#startHolds && !this.#isLost && this.progress().kind !== 'diverged';
  }

  /** Whether the cursor of an offer is in this place, and what stands there still goes on from its prompt. */
  isAskedFor({ documentUri, offset }: AskedAt): boolean {
    return this.#startHolds && !this.#isLost && this.holds(documentUri, offset);
  }

  /** Whether an offer made later only repeats what is left of this completion, at this place. */
  isContinuedBy(asked: AskedAt, text: string): boolean {
    return this.isGoingAlong && this.isAskedFor(asked) && this.answer.text.includes(text);
  }

  /**
   * The whole text of this completion when an offer made later is its rest and has lines more than
   * were known of it; undefined for any other offer.
   */
  grownText(asked: AskedAt, rest: string): string | undefined {
    const before = this.#range.text.slice(0, asked.offset - this.#range.offset);
    const whole = withoutCarriageReturns(before) + rest;
    const { text } = this.#answer;
    const isMore = text !== '' && whole.startsWith(text) && /^[^\S\n]*\n/.test(whole.slice(text.length));
    return isMore && this.#isPromptsEnd && this.isAskedFor(asked) ? whole : undefined;
  }

  /** Takes a longer text for what the completion is: what was all of it may be its beginning now. */
  grow(text: string): void {
    this.#answer = { ...this.#answer, text };
    this.#core = undefined;
  }

  /**
   * What the user had written at the cursor, once they are done with it: they left the place, went
   * on to the next line, or touched nothing for a while. It ends with the line on which the answer
   * to the completion ends. Undefined until then, and when the text before the place was changed or never
   * was the record's, because no continuation of that stands there.
   */
  finalText(nowMs: number): string | undefined {
    const answer = this.#written();
    if (this.#isLost || !this.#startHolds || !this.#isPromptsEnd) return undefined;
    if (answer === undefined || this.#core === 'lost') return undefined;
    const isSettled = answer.isCut || !this.#isHere || nowMs - this.#touchedMs >= settledAfterMs;
    return isSettled ? answer.text : undefined;
  }

  /** What answers the completion in the place now. */
  #written(): CutText | undefined {
    const core =
      typeof this.#core === 'object' && this.#core.text !== '' ? this.#core.text : this.answer.text;
    return cutToLines(this.#range.text, lineCountOf(core));
  }

  /** Settles which part of the place is the answer, the first time that it can be told. */
  #noteCore(after: Progress): void {
    const written = this.#written();
    const isFinished = after.kind === 'whole' || written?.isCut === true;
    if (this.#core !== undefined || written === undefined || !isFinished) return;
    this.#core = { offset: this.#range.offset, text: this.#range.text.slice(0, written.chars) };
  }

  /** An undo, and text in a place that was empty, bring the cursor along. */
  #noteTouch(event: EditedEvent, textBefore: string): void {
    this.#touchedMs = event.atMs;
    this.#isSaved = false;
    if (event.reason !== undefined || textBefore === '') this.#isHere = true;
  }

  #move(rawChange: TextChange, isUndoOrRedo: boolean): Arrival {
    const change = withoutKeptPrefix(rawChange, this.#range.offset, this.#prefix);
    const moved = moveRange(this.#range, change, this.#grows(isUndoOrRedo));
    if (moved === undefined || moved.text.length > maxTrackedChars) {
      this.#isLost = true;
      return 'other';
    }
    const isSame = moved.text === this.#range.text;
    const isFoundAgain =
      isSame && moved.text !== '' && change.offset + change.deletedChars >= endOf(this.#range);
    if (reachesBack(change, this.#range.offset) && !isFoundAgain) this.#startHolds = false;
    const isOverPrefix = rawChange.offset < this.#range.offset;
    if (typeof this.#core === 'object') this.#core = moveRange(this.#core, change, false) ?? 'lost';
    this.#range = moved;
    return isSame || isOverPrefix ? 'other' : arrivalOf(change);
  }

  /** Whether text at an end of the place belongs to it: not from elsewhere, and not beyond the answer's lines. */
  #grows(isUndoOrRedo: boolean): boolean {
    const isFromHere = this.#isHere || isUndoOrRedo || this.#range.text === '';
    return isFromHere && this.#written()?.isCut === false;
  }
}

/** How text came to a place: as a chunk put in, as a chunk in exchange for other text, or otherwise. */
type Arrival = 'inserted' | 'replaced' | 'other';

/** VS Code accepts a part by inserting it; it replaces what stands there only to accept the whole. */
function arrivalOf(change: TextChange): Arrival {
  if (isKeystroke(change.insertedText)) return 'other';
  return change.deletedChars === 0 ? 'inserted' : 'replaced';
}

/**
 * The part of a change that lies behind an offset, when it rewrites what stood before it with the
 * same characters: a list of names replaces `cons` by `console` where only `ole` is new.
 */
function withoutKeptPrefix(change: TextChange, offset: number, prefix: string): TextChange {
  const rewritten = offset - change.offset;
  if (rewritten <= 0 || rewritten > change.deletedChars || rewritten > prefix.length) return change;
  if (!change.insertedText.startsWith(prefix.slice(-rewritten))) return change;
  return {
    offset,
    deletedChars: change.deletedChars - rewritten,
    insertedText: change.insertedText.slice(rewritten),
  };
}
