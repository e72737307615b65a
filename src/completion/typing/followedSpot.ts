import { moveSpot, type Spot } from './spot.ts';
import type { TextChange } from './textChange.ts';

/** The changes of one edit, in their order. */
export interface Edit {
  readonly changes: readonly TextChange[];
  /** Says that the edit undid or redid others. */
  readonly reason?: 'undo' | 'redo' | undefined;
}

/** An edit by its lengths alone, and where the spot was before it. */
interface PastEdit {
  readonly changes: readonly ChangedChars[];
  readonly spot: Spot | undefined;
}

interface ChangedChars {
  readonly offset: number;
  readonly deletedChars: number;
  readonly insertedChars: number;
}

/** So many edits can be undone and leave the spot exactly where it was: a minute or two of typing. */
const maxPastEdits = 200;

/**
 * A spot that is followed through the edits of its document. Without its line it is nowhere, until an
 * undo brings that back.
 */
export class FollowedSpot {
  #spot: Spot | undefined;
  /** The newest at the end. */
  readonly #past: PastEdit[] = [];

  constructor(spot: Spot) {
    this.#spot = spot;
  }

  /** Undefined while its line is gone. */
  get spot(): Spot | undefined {
    return this.#spot;
  }

  noteEdited({ changes, reason }: Edit): void {
    const lengths = changes.map(lengthsOf);
    const undone = reason === undefined ? 0 : countUndone(this.#past, lengths);
    if (undone > 0) {
      [{ spot: this.#spot }] = this.#past.splice(-undone) as [PastEdit];
      return;
    }
    this.#past.push({ changes: lengths, spot: this.#spot });
    if (this.#past.length > maxPastEdits) this.#past.shift();
    for (const change of changes) this.#spot &&= moveSpot(this.#spot, change);
  }
}

function lengthsOf({ offset, deletedChars, insertedText }: TextChange): ChangedChars {
  return { offset, deletedChars, insertedChars: insertedText.length };
}

/** How many of the newest edits an undo takes back; 0 for none. Editors undo what was typed key by key at once. */
function countUndone(past: readonly PastEdit[], undo: readonly ChangedChars[]): number {
  let edit: readonly ChangedChars[] | undefined;
  for (let count = 1; count <= past.length; count += 1) {
    const older = past[past.length - count]!.changes;
    edit = edit === undefined ? older : joined(older, edit);
    if (edit === undefined) return 0;
    if (isInverse(edit, undo)) return count;
  }
  return 0;
}

/** Two edits as one: of a text that was typed or deleted key by key. Undefined for any others. */
function joined(
  older: readonly ChangedChars[],
  newer: readonly ChangedChars[],
): readonly ChangedChars[] | undefined {
  const [a, b] = [older[0], newer[0]];
  if (a === undefined || b === undefined || older.length !== 1 || newer.length !== 1) return undefined;
  const deletedChars = a.deletedChars + b.deletedChars;
  const insertedChars = a.insertedChars + b.insertedChars;
  if (b.deletedChars === 0 && b.offset === a.offset + a.insertedChars)
    return [{ offset: a.offset, deletedChars, insertedChars }];
  const isDeletedBefore = b.offset + b.deletedChars === a.offset;
  const isDeletedBehind = b.offset === a.offset;
  return insertedChars === 0 && (isDeletedBefore || isDeletedBehind)
    ? [{ offset: b.offset, deletedChars, insertedChars }]
    : undefined;
}

/** Whether an edit is another one backwards. Both have the last change in the document first, whose offset the others move. */
function isInverse(edit: readonly ChangedChars[], undo: readonly ChangedChars[]): boolean {
  return (
    edit.length === undo.length &&
    edit.at(-1)?.offset === undo.at(-1)?.offset &&
    edit.every(
      ({ deletedChars, insertedChars }, i) =>
        deletedChars === undo[i]!.insertedChars && insertedChars === undo[i]!.deletedChars,
    )
  );
}
