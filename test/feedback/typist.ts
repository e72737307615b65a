import type { CompletionId } from '../../src/completion/completion.ts';
import type { TextChange } from '../../src/completion/typing/textChange.ts';
import { editorEventSchema, type EditorEvent } from '../../src/feedback/following/editorEvent.ts';
import { applyChanges, completionDefaults } from './replay.ts';

/** What a typist may do next. `at` and `length` are taken as far as the document reaches. */
export interface Deed {
  readonly what: (typeof deeds)[number];
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

export const deeds = [
  ...([
    'offer',
    'offer',
    'offerBehind',
    'offerAgain',
    'refuseAgain',
    'along',
    'along',
    'accept',
    'acceptWord',
    'type',
    'type',
    'typeTwice',
    'enter',
  ] as const),
  ...(['backspace', 'paste', 'format', 'undo', 'redo', 'move', 'dismiss', 'save', 'reload'] as const),
  ...(['indentAll', 'hide', 'rename', 'checkOut', 'close'] as const),
] as const;

/** What was offered last, and where. */
interface Offer {
  readonly id: CompletionId;
  readonly text: string;
  readonly offset: number;
  readonly documentUri: string;
  /** All that stood before it. */
  readonly before: string;
}

/**
 * One document in an editor whose events are true: every change is one of the text that stands there,
 * an undo takes back the newest, and what is accepted is what was offered.
 */
export class Typist {
  text: string;
  documentUri = 'file:///r/a.ts';
  readonly #lineEnd: string;
  #offset: number;
  #offer: Offer | undefined;
  #count = 0;
  #undone: string[] = [];
  #before: string[] = [];
  /** Completions that were on the screen at some time. */
  readonly shown = new Map<string, string>();

  constructor(lineEnd: string) {
    this.#lineEnd = lineEnd;
    this.text = this.#inLines('const a = 1;\n\nfunction f() {\n  \n}\n');
    this.#offset = this.text.indexOf('function');
  }

  /** What the editor tells of a deed, in its order. */
  do({ what, at, length, text }: Deed, atMs: number): EditorEvent[] {
    const here = { atMs, documentUri: this.documentUri };
    const offset = this.#betweenCharacters(Math.min(at, this.text.length));
    switch (what) {
      case 'offer':
      case 'offerBehind':
        return [this.#offered(text === '' ? 'x' : text, what === 'offerBehind', here)];
      case 'offerAgain':
      case 'refuseAgain':
        return this.#toldAgain(what === 'offerAgain', here);
      case 'along':
        return this.#insert(this.#rest()?.slice(0, 1) ?? 'y', here);
      case 'accept':
        return this.#accept(this.#rest(), 'all', here);
      case 'acceptWord':
        return this.#accept(/^\s*(?:\w+|\W)/.exec(this.#rest() ?? '')?.[0], 'word', here);
      case 'type':
        return this.#insert(text.slice(0, 1) || 'z', here);
      case 'typeTwice':
        return this.#edit(atTwoCursors(offset, this.#offset, text.slice(0, 1) || 'z'), here);
      case 'indentAll':
        return this.#edit(this.#indentation(' '.repeat(length)), here);
      case 'enter':
        return this.#insert('\n  ', here);
      case 'paste':
        return this.#insert(`${text}pasted at once, and more of it`, here);
      case 'backspace':
        return this.#edit(
          [
            {
              offset: Math.max(0, this.#offset - length),
              deletedChars: Math.min(length, this.#offset),
              insertedText: '',
            },
          ],
          here,
        );
      case 'format':
        return this.#edit(
          [{ offset, deletedChars: Math.min(length, this.text.length - offset), insertedText: ' ' }],
          here,
        );
      case 'reload':
        return this.#edit(
          [{ offset: 0, deletedChars: this.text.length, insertedText: `// new\n${this.text.slice(length)}` }],
          here,
        );
      case 'undo':
        return this.#turnTo(this.#before, this.#undone, 'undo', here);
      case 'redo':
        return this.#turnTo(this.#undone, this.#before, 'redo', here);
      case 'move':
        this.#offset = offset;
        return [told({ kind: 'cursorMoved', ...here, offset })];
      case 'dismiss':
        return [told({ kind: 'dismissCommand', ...here })];
      case 'hide':
        return [told({ kind: 'hidden', ...here })];
      case 'save':
        return [told({ kind: 'saved', ...here })];
      case 'checkOut':
        return [told({ kind: 'checkedOut', ...here, documentUri: 'file:///r' })];
      case 'rename':
        return this.#rename(here);
      case 'close':
        return [this.close(atMs)];
    }
  }

  close(atMs: number): EditorEvent {
    return told({ kind: 'closed', atMs, documentUri: this.documentUri });
  }

  #offered(text: string, isBehind: boolean, here: object): EditorEvent {
    const id = `c${++this.#count}` as CompletionId;
    if (!isBehind) this.shown.set(id, text);
    const { documentUri } = this;
    const before = this.text.slice(0, this.#offset);
    if (!isBehind) this.#offer = { id, text, offset: this.#offset, documentUri, before };
    return told({
      ...{ kind: 'offered', ...here, ...this.#asked() },
      completion: { ...completionDefaults, id, text },
      ...(isBehind ? { isBehind: true } : {}),
    });
  }

  /** The last offer as a cache tells of it once more: what is left of it, or that it was refused. */
  #toldAgain(isOffered: boolean, here: object): EditorEvent[] {
    const [offer, text] = [this.#offer, this.#rest()];
    if (offer === undefined || text === undefined) return [];
    if (offer.documentUri !== this.documentUri || !this.text.startsWith(offer.before)) return [];
    const { id } = offer;
    const { policyId, written } = completionDefaults;
    const asked = { ...here, ...this.#asked() };
    const noCompletion = { kind: 'none', id, reason: 'justRefused', policyId, written };
    return [
      isOffered
        ? told({ kind: 'offered', ...asked, completion: { ...completionDefaults, id, text } })
        : told({ kind: 'notOffered', ...asked, noCompletion }),
    ];
  }

  #asked() {
    const [prefix, suffix] = [this.text.slice(0, this.#offset), this.text.slice(this.#offset)];
    return { languageId: 'typescript', offset: this.#offset, prefix, suffix };
  }

  /** What is left of the offer, where the text since agrees with it. */
  #rest(): string | undefined {
    if (this.#offer === undefined || this.#offset < this.#offer.offset) return undefined;
    const written = this.text.slice(this.#offer.offset, this.#offset).replaceAll('\r', '');
    const { text } = this.#offer;
    return text.startsWith(written) && text !== written ? text.slice(written.length) : undefined;
  }

  #accept(part: string | undefined, of: 'all' | 'word', here: object): EditorEvent[] {
    if (part === undefined) return [];
    const completionId = this.#offer!.id;
    return [...this.#insert(part, here), told({ kind: 'acceptCommand', ...here, completionId, part: of })];
  }

  #insert(insertedText: string, here: object): EditorEvent[] {
    return this.#edit([{ offset: this.#offset, deletedChars: 0, insertedText }], here);
  }

  /** Several changes of one edit come as VS Code tells them: the last of the document first. */
  #edit(wanted: readonly TextChange[], here: object, reason?: 'undo' | 'redo'): EditorEvent[] {
    const changes = wanted.map((change) => this.#inDocument(change));
    const [first, ...others] = changes;
    if (first === undefined) return [];
    if (reason === undefined) {
      this.#before.push(this.text);
      this.#undone = [];
    }
    this.text = applyChanges(this.text, changes);
    this.#offset = first.offset + first.insertedText.length + grownBy(others);
    return [
      told({ kind: 'edited', ...here, changes, ...(reason && { reason }) }),
      told({ kind: 'cursorMoved', ...here, offset: this.#offset }),
    ];
  }

  /** A change as an editor makes it: with the document's line ends, and none of them cut in two. */
  #inDocument({ offset, deletedChars, insertedText }: TextChange): TextChange {
    const [start, end] = [this.#betweenCharacters(offset), this.#betweenCharacters(offset + deletedChars)];
    return { offset: start, deletedChars: end - start, insertedText: this.#inLines(insertedText) };
  }

  #inLines(text: string): string {
    return text.replaceAll(/\r?\n/g, this.#lineEnd);
  }

  #betweenCharacters(offset: number): number {
    return this.text.slice(offset - 1, offset + 1) === '\r\n' ? offset - 1 : offset;
  }

  /** What a formatter changes that gives every line the same indentation. */
  #indentation(insertedText: string): TextChange[] {
    const starts = this.text.matchAll(/(?<=^|\n)[ \t]*/g);
    return Array.from(starts, ({ index, 0: old }) => ({
      ...{ offset: index, deletedChars: old.length, insertedText },
    })).toReversed();
  }

  #turnTo(from: string[], to: string[], reason: 'undo' | 'redo', here: object): EditorEvent[] {
    const wanted = from.pop();
    if (wanted === undefined) return [];
    to.push(this.text);
    return this.#edit([changeTo(this.text, wanted)], here, reason);
  }

  #rename(here: object): EditorEvent[] {
    const newUri = this.documentUri.endsWith('a.ts') ? 'file:///r/b.ts' : 'file:///r/a.ts';
    const events = [told({ kind: 'renamed', ...here, newUri }), told({ kind: 'closed', ...here })];
    this.documentUri = newUri;
    return events;
  }
}

/** How much longer a document is by changes. */
function grownBy(changes: readonly TextChange[]): number {
  return changes.reduce((sum, { deletedChars, insertedText }) => sum + insertedText.length - deletedChars, 0);
}

/** The same text typed at two cursors, or at one where they are the same. */
function atTwoCursors(one: number, other: number, insertedText: string): TextChange[] {
  const offsets = [...new Set([one, other])].sort((a, b) => b - a);
  return offsets.map((offset) => ({ offset, deletedChars: 0, insertedText }));
}

/** The smallest change that makes one text of another. */
function changeTo(text: string, wanted: string): TextChange {
  let [start, end] = [0, 0];
  while (start < Math.min(text.length, wanted.length) && text[start] === wanted[start]) start++;
  const room = Math.min(text.length, wanted.length) - start;
  while (end < room && text.at(-1 - end) === wanted.at(-1 - end)) end++;
  return {
    offset: start,
    deletedChars: text.length - end - start,
    insertedText: wanted.slice(start, wanted.length - end),
  };
}

function told(event: object): EditorEvent {
  return editorEventSchema.parse(event);
}
