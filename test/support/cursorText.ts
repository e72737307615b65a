/** The text before and behind the cursor, which is written as `█`. */
export interface CursorText {
  readonly prefix: string;
  readonly suffix: string;
}

/** Reads a text with a cursor in it: `'f(█)'` gives the prefix `'f('` and the suffix `')'`. */
export function cursorText(marked: string): CursorText {
  const parts = marked.split('█');
  if (parts.length !== 2) throw new Error(`one cursor (█) wanted, ${parts.length - 1} found: ${marked}`);
  return { prefix: parts[0]!, suffix: parts[1]! };
}
