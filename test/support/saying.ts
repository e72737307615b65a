import { inEnglish, type Sentence } from '../../src/sentences/sentence.ts';
import { sentenceSchema } from '../../src/sentences/sentenceSchema.ts';

/** Stands, in what `toEqual` compares with, for a sentence that says this in English. */
export function saying(words: RegExp | string): Sentence {
  const matcher = {
    asymmetricMatch: (other: unknown): boolean => {
      const { data } = sentenceSchema.safeParse(other);
      const said = data === undefined ? '' : inEnglish(data);
      return typeof words === 'string' ? said === words : words.test(said);
    },
    toString: () => `saying ${String(words)}`,
  };
  return matcher as unknown as Sentence;
}
