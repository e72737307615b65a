const wordCharacter = /[\p{L}\p{N}_$]/u;

/** Whether a word of the text goes on over the place in front of its `at`-th UTF-16 code unit. */
export function isInsideWord(text: string, at: number): boolean {
  return wordCharacter.test(text.charAt(at - 1)) && wordCharacter.test(text.charAt(at));
}
