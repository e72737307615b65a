import type { TextChange } from '../../completion/typing/textChange.ts';

/** A bracket or quote with the one that an editor puts behind it by itself. */
const closedPair = /^(?:\(\)|\[\]|\{\}|<>|""|''|``)$/;

/**
 * Where a key leaves the cursor, by what it changed in the document: behind what it typed, and between
 * a bracket and the one that closed it by itself.
 *
 * @returns a 0-based UTF-16 offset in the document.
 */
export function cursorBehind({ offset, insertedText }: TextChange): number {
  return offset + (closedPair.test(insertedText) ? 1 : insertedText.length);
}
