import type { Tokenizer } from './tokenizer.ts';

/** [V] 1 for each token whose bytes are all ASCII, special tokens among them; 0 for those with any other byte. */
export function asciiMask(tokenizer: Pick<Tokenizer, 'vocabularySize' | 'bytesOf'>): Uint8Array {
  const tokens = Uint8Array.from({ length: tokenizer.vocabularySize });
  return tokens.map((_, token) => (tokenizer.bytesOf(token).every((byte) => byte < 0x80) ? 1 : 0));
}
