import type { Surroundings } from '../../completion/prompt/notebook.ts';
import type { TextChange } from '../../completion/typing/textChange.ts';
import type { AskedAt, EditorEvent } from './editorEvent.ts';
import type { FeedbackSink } from '../storing/feedbackStore.ts';
import type { EditedEvent } from './place.ts';
import { survivalHorizonsMs, withoutCarriageReturns } from './survival.ts';
import { endOf, moveRange, reachesBack, type TrackedRange } from './trackedRange.ts';
import { isKeystroke, maxTypedChars } from './typing.ts';

/** A shorter line teaches nothing: Tabby offers no completion below four characters either. */
const minDemonstrationChars = 4;

/** A document as it stands now, the newest change included, and what stands around it where it is part of a notebook. */
export interface OpenDocument extends Partial<Surroundings> {
  readonly languageId: string;
  readonly text: string;
}

/** What a typing observer is given. */
export interface TypingObserverOptions {
  readonly sink: Pick<FeedbackSink, 'addDemonstration'>;
  /** The document with a URI; undefined when it is not open. */
  readonly readDocument: (documentUri: string) => OpenDocument | undefined;
  /** How much of the document before and behind the cursor a demonstration keeps. */
  readonly contextChars: number;
  readonly newId: () => string;
}

/** A line of one document that is being written. */
interface WrittenLine {
  /** Where and when its first character was typed, or the policy was asked. */
  readonly asked: AskedAt;
  readonly range: TrackedRange;
  /** Whether it becomes no demonstration: the policy was asked in it, or text was pasted into it. */
  readonly isCovered: boolean;
}

/** A completion's place is looked at for so long; afterwards its line is the observer's again. */
const coveredForMs = Math.max(...survivalHorizonsMs);

/**
 * Makes demonstrations of what the user types where no completion was asked for: one for each line
 * begun at a line's end and finished with Enter.
 *
 * Left out are lines where the policy was asked (the final text of that completion tells the same),
 * lines with more put in at once than anybody types, and lines in languages where Attune is off.
 */
export class TypingObserver {
  readonly #options: TypingObserverOptions;
  readonly #lines = new Map<string, readonly WrittenLine[]>();

  constructor(options: TypingObserverOptions) {
    this.#options = options;
  }

  handle(event: EditorEvent): void {
    if (event.kind === 'edited') this.#edited(event);
    else if (event.kind === 'offered' || (event.kind === 'notOffered' && coversLine(event)))
      this.#cover(event);
    else if (event.kind === 'cursorMoved') this.#cursorMoved(event);
    else if (event.kind === 'closed') this.#lines.delete(event.documentUri);
  }

  #edited(event: EditedEvent): void {
    const steps = this.#linesOf(event).map((line) => ({
      line,
      next: event.changes.reduce(followLine, line),
    }));
    const isTouched = steps.some(({ line, next }) => next?.range.text !== line.range.text);
    const begun = isTouched ? undefined : this.#begin(event);
    const lines = [...steps.map(({ next }) => next), begun].filter((line) => line !== undefined);
    this.#lines.set(
      event.documentUri,
      lines.filter((line) => !isFinished(line)),
    );
    for (const line of lines.filter(isFinished)) this.#finish(line);
  }

  #cover(asked: AskedAt): void {
    const { offset } = asked;
    const others = this.#linesOf(asked).filter(({ range }) => !holds(range, offset));
    this.#lines.set(asked.documentUri, [...others, { asked, range: { offset, text: '' }, isCovered: true }]);
  }

  #cursorMoved(event: {
    readonly documentUri: string;
    readonly atMs: number;
    readonly offset: number;
  }): void {
    const kept = this.#linesOf(event).filter(
      ({ range, isCovered }) => isCovered || holds(range, event.offset),
    );
    this.#lines.set(event.documentUri, kept);
  }

  #linesOf({
    documentUri,
    atMs,
  }: {
    readonly documentUri: string;
    readonly atMs: number;
  }): readonly WrittenLine[] {
    const lines = this.#lines.get(documentUri) ?? [];
    return lines.filter(({ asked }) => atMs - asked.atMs <= coveredForMs);
  }

  #begin({ documentUri, atMs, changes, reason }: EditedEvent): WrittenLine | undefined {
    const [change, ...others] = changes;
    if (change === undefined || others.length > 0 || reason !== undefined || !isFirstKey(change))
      return undefined;
    const document = this.#options.readDocument(documentUri);
    if (document === undefined) return undefined;
    const { offset, insertedText } = change;
    const before = document.text.slice(0, offset);
    const behind = document.text.slice(offset + insertedText.length);
    if (!isLineEnd(behind) || isInWord(before, insertedText)) return undefined;
    const { above = '', below = '' } = document;
    const prefix = (above + before).slice(-this.#options.contextChars);
    const suffix = (behind + below).slice(0, this.#options.contextChars);
    const asked = { atMs, documentUri, languageId: document.languageId, offset, prefix, suffix };
    return { asked, range: { offset, text: insertedText }, isCovered: false };
  }

  #finish({ asked, range, isCovered }: WrittenLine): void {
    const text = withoutCarriageReturns(range.text.slice(0, range.text.indexOf('\n')));
    if (isCovered || text.replaceAll(/\s/g, '').length < minDemonstrationChars) return;
    this.#options.sink.addDemonstration({ id: this.#options.newId(), ...asked, text, source: 'typed' });
  }
}

/** Whether a line is spoken for without an offer: the policy kept silent there, or it may not look there. */
function coversLine({ noCompletion }: Extract<EditorEvent, { kind: 'notOffered' }>): boolean {
  const { reason, written } = noCompletion;
  return reason === 'disabled' || reason === 'prose' || written !== undefined;
}

function isFirstKey({ deletedChars, insertedText }: TextChange): boolean {
  return deletedChars === 0 && isKeystroke(insertedText) && insertedText.trim() !== '';
}

/** Whether nothing follows on the line but what closes it. */
function isLineEnd(behind: string): boolean {
  return /^[)\]}>"'`;, \t]*(?:\r?\n|$)/.test(behind);
}

function isInWord(before: string, typed: string): boolean {
  return /\w$/.test(before) && /^\w/.test(typed);
}

function isFinished({ range }: WrittenLine): boolean {
  return range.text.includes('\n');
}

function holds(range: TrackedRange, offset: number): boolean {
  return offset >= range.offset && offset <= endOf(range);
}

/** The line after one change; undefined when it cannot be followed or its beginning is gone. */
function followLine(line: WrittenLine | undefined, change: TextChange): WrittenLine | undefined {
  if (line === undefined || reachesBack(change, line.range.offset)) return undefined;
  const range = moveRange(line.range, change, true);
  if (range === undefined) return undefined;
  const isPasted = range.text !== line.range.text && change.insertedText.length > maxTypedChars;
  return { ...line, range, isCovered: line.isCovered || isPasted };
}
