import { coarseCut, maxPrefixChars, maxSuffixChars, normaliseText } from './context.ts';

/** A document beside the one that is written in. */
export interface OpenText {
  readonly languageId: string;
  readonly text: string;
}

/**
 * All references together, in characters: some 16,000 tokens of code, in which a token is looked up
 * in a tenth of a millisecond.
 */
export const maxReferenceChars = 65_536;

/** One document may not take the place of all others. */
const maxCharsEach = 16_384;

/** What is far from the cursor moves in steps of this size, so that it stays the same while one types. */
const stepChars = 2048;

/**
 * The texts that a completion may repeat passages of, besides its own context: the rest of its
 * document, then others, those in its language first and otherwise in the order given. They are cut
 * to what may be looked through, and have `\n` for every line end.
 */
export function chooseReferences(
  { languageId, rest }: { readonly languageId: string; readonly rest: readonly string[] },
  others: readonly OpenText[],
): string[] {
  const isSame = (other: OpenText): boolean => other.languageId === languageId;
  const ordered = [...others.filter(isSame), ...others.filter((other) => !isSame(other))];
  const texts = [...rest, ...ordered.map(({ text }) => text)];
  let room = maxReferenceChars;
  return texts.flatMap((text) => {
    const part = text.slice(0, Math.min(room, maxCharsEach));
    room -= part.length;
    return part === '' ? [] : [normaliseText(part)];
  });
}

/**
 * What `contextAround` leaves out of a document: the text before its prefix and the text behind its
 * suffix, of each what is nearest. Neither changes while one types at one place.
 */
export function restAround(documentText: string, offset: number): string[] {
  const prefixStart = coarseCut(offset, maxPrefixChars, stepChars);
  const charsBehind = documentText.length - offset - maxSuffixChars;
  const suffixEnd = documentText.length - Math.max(0, Math.floor(charsBehind / stepChars) * stepChars);
  return [
    documentText.slice(Math.max(0, prefixStart - maxCharsEach), prefixStart),
    documentText.slice(suffixEnd, suffixEnd + maxCharsEach),
  ];
}
