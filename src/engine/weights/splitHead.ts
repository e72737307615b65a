/** Name of the output head's weight, also where the embedding serves as the head. */
export const headName = 'lm_head.weight';

/** Names of what a head that stands in two parts is stored under. */
export const splitHeadNames = {
  /** uint8 [V]: 1 for the tokens of the first part, in the order of their ids; 0 for those of the second. */
  isAscii: 'lm_head.is_ascii',
  ascii: 'lm_head.ascii.weight',
  other: 'lm_head.other.weight',
} as const;

/** Tokens of a vocabulary in two, each in the order of their ids. */
export interface SplitVocabulary {
  /** [V] as `asciiMask` gives it. */
  readonly isAscii: Uint8Array;
  readonly ascii: Uint32Array;
  readonly other: Uint32Array;
}

/** Where fewer of the tokens could be left out, one product of all is as good as two. */
const leastOther = 0.1;

/**
 * The tokens by which a text of ASCII goes on, and the others; `undefined` where those are too few to matter. Of
 * 150,000 tokens they are more than a third, and of all weights that are read to write one token of the 0.5B the head is
 * more than a quarter.
 */
export function splitVocabulary(isAscii: Uint8Array): SplitVocabulary | undefined {
  const other = tokensWhere(isAscii, 0);
  if (other.length < leastOther * isAscii.length) return undefined;
  return { isAscii, ascii: tokensWhere(isAscii, 1), other };
}

function tokensWhere(isAscii: Uint8Array, value: 0 | 1): Uint32Array {
  const tokens = new Uint32Array(isAscii.length);
  let count = 0;
  for (let token = 0; token < isAscii.length; token++) if (isAscii[token] === value) tokens[count++] = token;
  return tokens.subarray(0, count);
}
