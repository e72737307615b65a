import { contextAround, type Context } from '../../completion/prompt/context.ts';
import type { TextChange } from '../../completion/typing/textChange.ts';
import type { VirtualClock } from '../../completion/virtualClock.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import type { OpenDocument } from '../../feedback/following/typingObserver.ts';

/** Whoever hears what happens in the replayed editor. */
export type EventListener = (event: EditorEvent) => void;

/** A document and a cursor, as an editor has them; every change becomes the event that VS Code would give. */
export class ReplayEditor {
  readonly documentUri: string;
  readonly languageId: string;
  readonly #clock: VirtualClock;
  readonly #listeners: readonly EventListener[];
  #text: string;
  #offset = 0;

  constructor(
    document: OpenDocument & { readonly documentUri: string },
    clock: VirtualClock,
    listeners: readonly EventListener[],
  ) {
    this.documentUri = document.documentUri;
    this.languageId = document.languageId;
    this.#text = document.text;
    this.#clock = clock;
    this.#listeners = listeners;
  }

  get text(): string {
    return this.#text;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The text around the cursor, as completions see it. */
  get context(): Context {
    return contextAround(this.#text, this.#offset);
  }

  moveTo(offset: number): void {
    this.#offset = offset;
    this.tell({ kind: 'cursorMoved', ...this.#now(), offset });
  }

  /** Replaces `deletedChars` behind the cursor by a text, in one change; the cursor stands behind it then. */
  insert(insertedText: string, deletedChars = 0): void {
    const change: TextChange = { offset: this.#offset, deletedChars, insertedText };
    this.#text =
      this.#text.slice(0, change.offset) + insertedText + this.#text.slice(change.offset + deletedChars);
    this.#offset += insertedText.length;
    this.tell({ kind: 'edited', ...this.#now(), changes: [change] });
  }

  save(): void {
    this.tell({ kind: 'saved', ...this.#now() });
  }

  close(): void {
    this.tell({ kind: 'closed', ...this.#now() });
  }

  /** Hands an event on to everybody who listens. */
  tell(event: EditorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #now(): { readonly atMs: number; readonly documentUri: string } {
    return { atMs: this.#clock.nowMs(), documentUri: this.documentUri };
  }
}
