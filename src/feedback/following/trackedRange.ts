import type { TextChange } from '../../completion/typing/textChange.ts';
import { maxTypedChars } from './typing.ts';

/**
 * A stretch of a document, known by where it begins and what stands in it. It is carried through
 * changes alone, without the document.
 */
export interface TrackedRange {
  /** 0-based UTF-16 offset. */
  readonly offset: number;
  readonly text: string;
}

/** The offset just behind a range. */
export function endOf(range: TrackedRange): number {
  return range.offset + range.text.length;
}

/** Whether a change takes away what stood right before an offset. */
export function reachesBack(change: TextChange, offset: number): boolean {
  return change.offset < offset && change.offset + change.deletedChars >= offset && change.deletedChars > 0;
}

/**
 * Where a range is after one change, and what stands in it. Undefined when it cannot be followed.
 *
 *                  ├─ range ─┤
 *     before it    │         │   behind it       moves along, stays
 *                  │ inside  │                   takes the change in
 *              head│─┤     ├─│tail               loses what was deleted
 *            ──────│ whole   │──────             empty, or found again in what replaced it
 *
 * An insertion exactly at an end belongs to the range when it `grows`: when the cursor is there.
 * A change across an end that inserts more than anybody types (`maxTypedChars`) is a formatter or a
 * reload of the file. What became of the range's own characters is then unknown, unless the
 * range's text stands in the insertion exactly once.
 */
export function moveRange(range: TrackedRange, change: TextChange, grows: boolean): TrackedRange | undefined {
  const changeEnd = change.offset + change.deletedChars;
  if (isBefore(range, change, grows)) {
    return { ...range, offset: range.offset + change.insertedText.length - change.deletedChars };
  }
  if (change.offset > endOf(range) || (change.offset === endOf(range) && !grows)) return range;
  const isAcrossEnd = changeEnd > endOf(range) && change.offset < endOf(range);
  if (change.offset < range.offset || isAcrossEnd) return moveAcross(range, change);
  return { offset: range.offset, text: splice(range, change) };
}

function isBefore(range: TrackedRange, change: TextChange, grows: boolean): boolean {
  const changeEnd = change.offset + change.deletedChars;
  if (changeEnd !== range.offset) return changeEnd < range.offset;
  return change.deletedChars > 0 || !grows;
}

/** The range's text with a change taken in; what was deleted behind the range is not its own. */
function splice(range: TrackedRange, change: TextChange): string {
  const from = change.offset - range.offset;
  return range.text.slice(0, from) + change.insertedText + range.text.slice(from + change.deletedChars);
}

function moveAcross(range: TrackedRange, change: TextChange): TrackedRange | undefined {
  const changeEnd = change.offset + change.deletedChars;
  const isWhole = change.offset <= range.offset && changeEnd >= endOf(range);
  const found = isWhole ? onlyIndexOf(change.insertedText, range.text) : undefined;
  if (found !== undefined) return { offset: change.offset + found, text: range.text };
  if (change.insertedText.length > maxTypedChars) return undefined;
  if (change.offset >= range.offset) return { offset: range.offset, text: splice(range, change) };
  return {
    offset: change.offset + change.insertedText.length,
    text: range.text.slice(changeEnd - range.offset),
  };
}

function onlyIndexOf(text: string, part: string): number | undefined {
  const index = text.indexOf(part);
  if (part === '' || index === -1 || text.includes(part, index + 1)) return undefined;
  return index;
}
