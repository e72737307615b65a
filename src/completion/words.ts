const wordCharacter = /[\p{L}\p{N}_$]/u;

/** Whether a word of the text, or a character of two halves, goes on over the place in front of its `at`-th UTF-16 code unit. */
export function isInsideWord(text: string, at: number): boolean {
  const isInside = wordCharacter.test(text.charAt(at - 1)) && wordCharacter.test(text.charAt(at));
  return isInside || /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
}
