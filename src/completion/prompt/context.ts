/** The document around a cursor, as the policy sees it. Line ends are `\n`. */
export interface Context {
  /** Text before the cursor. */
  readonly prefix: string;
  /** Text behind the cursor. */
  readonly suffix: string;
}

/**
 * How far a prefix reaches back, in characters. The largest prompt anybody sets is about 2000
 * tokens, which is 6000 to 8000 characters of code.
 */
export const maxPrefixChars = 8192;

/**
 * The start of a long prefix moves in steps of this size, so that it stays put while one types and
 * the prompt in front of the cursor stays the same, token for token.
 */
const prefixStepChars = 2048;

/** How far a suffix reaches: a fifth of the prompt, so less than a quarter of the prefix. */
export const maxSuffixChars = 2048;

/**
 * The context of the cursor at `offset`, cut from the document as every caller should cut it. Line
 * ends stay as the document has them.
 */
export function contextAround(documentText: string, offset: number): Context {
  const { start, end } = contextSpan(offset);
  return { prefix: documentText.slice(start, offset), suffix: documentText.slice(offset, end) };
}

/** Where the context of a cursor begins and ends, for whoever need not join a whole document; `end` may lie beyond it. */
export function contextSpan(offset: number): { readonly start: number; readonly end: number } {
  return { start: coarseCut(offset, maxPrefixChars, prefixStepChars), end: offset + maxSuffixChars };
}

/**
 * How much to cut off the front of something that only grows at its end, so that at most `limit` is
 * left: a multiple of `step`, and therefore the same for a while.
 */
export function coarseCut(length: number, limit: number, step: number): number {
  return Math.max(0, Math.ceil((length - limit) / step) * step);
}

/** The text from `start` on; where that is the middle of a surrogate pair, from behind it. */
export function sliceWhole(text: string, start: number): string {
  const code = text.charCodeAt(start);
  return text.slice(code >= 0xdc00 && code <= 0xdfff ? start + 1 : start);
}

/**
 * The context with `\n` for every line end and without halves of surrogate pairs: the form that
 * models know, and that every function of this room works on.
 */
export function normaliseContext({ prefix, suffix }: Context): Context {
  return { prefix: normaliseText(prefix), suffix: normaliseText(suffix) };
}

/** Whether a text has no character beyond ASCII. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** The text with `\n` for every line end and U+FFFD for each half of a surrogate pair. */
export function normaliseText(text: string): string {
  // Almost no text has either, and to look for them takes a hundredth of the time of a replacement.
  return (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).toWellFormed();
}

/** The line that the cursor stands on. */
export interface CursorLine {
  /** From the start of the line to the cursor. */
  readonly before: string;
  /** From the cursor to the end of the line. */
  readonly behind: string;
}

/** The two parts of the cursor's line. */
export function cursorLineOf({ prefix, suffix }: Context): CursorLine {
  const end = suffix.indexOf('\n');
  return {
    before: prefix.slice(prefix.lastIndexOf('\n') + 1),
    behind: end === -1 ? suffix : suffix.slice(0, end),
  };
}

/** The first line below the cursor's line that is not blank, without its outer white space; '' when there is none. */
export function nextLineOf({ suffix }: Context): string {
  const lines = suffix.split('\n').slice(1);
  return (lines.find((line) => line.trim() !== '') ?? '').trim();
}

/**
 * What may stand behind the cursor on its line without being in the way of a completion: closing
 * characters, perhaps the sign that ends or opens what they close. Editors type most of them by
 * themselves.
 */
const closingRest = /^(?:[\s)\]}>"'`]|\*\/|\/>)*(?:=>\s*)?[;:,{]?\s*$/;

/** Whether the cursor stands inside a word, or before text on its line that a completion would push away. */
export function isMidWord({ behind }: CursorLine): boolean {
  return !closingRest.test(behind);
}
