/** Marks are part of their letter, and what joins or parts letters is part of their word. */
const wordCharacter = /[\p{L}\p{M}\p{N}\p{Join_Control}_$]/u;

/** What a reader takes for one character may be several: a letter and its accents, emoji that are joined. */
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Whether a word of the text, or a character of it, goes on over the place in front of its `at`-th UTF-16 code unit. */
export function isInsideWord(text: string, at: number): boolean {
  const isInside = wordCharacter.test(text.charAt(at - 1)) && wordCharacter.test(text.charAt(at));
  return isInside || isInsideCharacter(text, at);
}

function isInsideCharacter(text: string, at: number): boolean {
  const character = characters.segment(text).containing(at);
  return character !== undefined && character.index < at;
}
