import { cursorLineOf, type Context } from '../prompt/context.ts';
import type { TextChange } from './textChange.ts';

/** A cursor in a document. */
export interface CursorPlace extends Context {
  /** 0-based UTF-16 offset of the cursor in the document; the prefix ends there. */
  readonly offset: number;
}

/**
 * Where in a document a cursor stood, carried through later changes of it by their offsets alone:
 * from where its line began to where it stood. Both are 0-based UTF-16 offsets.
 */
export interface Spot {
  readonly start: number;
  readonly end: number;
}

/** The spot of a cursor. */
export function spotOf(place: CursorPlace): Spot {
  const { before } = cursorLineOf(place);
  return { start: place.offset - before.length, end: place.offset };
}

/**
 * The spot behind a change; undefined when the change took its line away.
 *
 *   changed above it          it moves along
 *   typed at the cursor       it stays where the typing began
 *   deleted in its line       it stays with what is left of the line
 */
export function moveSpot(spot: Spot, change: TextChange): Spot | undefined {
  if (takesLine(spot, change)) return undefined;
  if (isPushedDown(spot, change)) return shifted(spot, change.insertedText.length);
  return { start: lineStartBehind(spot, change), end: moved(spot.end, change) };
}

/** Whether the cursor's line is that of the spot, or nothing but blank lines lie between them. */
export function isAtSpot({ start, end }: Spot, place: CursorPlace): boolean {
  const { before, behind } = cursorLineOf(place);
  const lineStart = place.offset - before.length;
  if (end < lineStart) return isBlankIn(place, start, lineStart);
  const isBelow = start > place.offset + behind.length;
  return !isBelow || isBlankIn(place, place.offset, end);
}

/** A line rewritten as one line is the same line; with several in its place nobody knows which it is. */
function takesLine({ start, end }: Spot, { offset, deletedChars, insertedText }: TextChange): boolean {
  const changeEnd = offset + deletedChars;
  const isOver = offset <= start && changeEnd > end;
  const isToItsEnd = offset < start && changeEnd === end && start < end;
  return (isOver || isToItsEnd) && (insertedText === '' || insertedText.includes('\n'));
}

/** Whether whole lines, or an empty one, came in front of a line on which nothing stood before the cursor. */
function isPushedDown({ start, end }: Spot, { offset, deletedChars, insertedText }: TextChange): boolean {
  return offset === start && start === end && deletedChars === 0 && /\n[^\S\n]*$/.test(insertedText);
}

function shifted({ start, end }: Spot, by: number): Spot {
  return { start: start + by, end: end + by };
}

/** Where the spot's line begins behind a change, which may have brought a line end before the cursor in it. */
function lineStartBehind({ start, end }: Spot, change: TextChange): number {
  const { offset, deletedChars, insertedText } = change;
  const changeEnd = offset + deletedChars;
  const isInLine = (offset >= start || changeEnd > start) && offset < end && changeEnd <= end;
  const lineEnd = isInLine ? insertedText.lastIndexOf('\n') : -1;
  return lineEnd === -1 ? moved(start, change) : offset + lineEnd + 1;
}

/** An offset behind a change; text that comes in right there comes in behind it. */
function moved(at: number, { offset, deletedChars, insertedText }: TextChange): number {
  if (at <= offset) return at;
  return at < offset + deletedChars ? offset : at + insertedText.length - deletedChars;
}

/** Whether a part of the document is blank; what the context does not hold of it is taken not to be. */
function isBlankIn({ prefix, suffix, offset }: CursorPlace, from: number, to: number): boolean {
  const contextStart = offset - prefix.length;
  const isHeld = from >= contextStart && to <= offset + suffix.length;
  return isHeld && (prefix + suffix).slice(from - contextStart, to - contextStart).trim() === '';
}
