import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLevel } from '../../../src/engine/tokenizer/preTokenizers.ts';
import { parseTokenizer } from '../../support/parseTokenizer.ts';

const end = { id: 900, content: '</s>', special: true };

/** The same BPE model in our tokenizer and in Hugging Face's, without any cutting before. */
function bothOf(model: Record<string, unknown>): { ours: (text: string) => number[]; theirs: typeof ours } {
  const json = {
    added_tokens: [end],
    normalizer: null,
    pre_tokenizer: byteLevel,
    model: { type: 'BPE', ...model },
  };
  const files = { tokenizerJson: json, tokenizerConfigJson: {}, path: '' };
  const tokenizer = parseTokenizer({ ...files, tokenizerConfigJson: { eos_token: '</s>' } }, 1000);
  const library = new Tokenizer({ ...json, post_processor: null, decoder: null }, {});
  const ours = (text: string): number[] => tokenizer.encode(text);
  return { ours, theirs: (text) => library.encode(text, { add_special_tokens: false }).ids };
}

/** A vocabulary of three letters and what merges in some order make of them; none is longer than eight. */
const models = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 24 }).map((picks) => {
  const spellings = ['a', 'b', 'c'];
  const merges: [string, string][] = [];
  for (const [first, second] of picks) {
    const [left, right] = [spellings[first % spellings.length]!, spellings[second % spellings.length]!];
    if (left.length + right.length > 8) continue;
    merges.push([left, right]);
    if (!spellings.includes(left + right)) spellings.push(left + right);
  }
  return { vocab: Object.fromEntries(spellings.map((spelling, id) => [spelling, id])), merges };
});

const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 }).map((letters) => letters.join(''));

describe('BytePairs', () => {
  it('merges as the library does', () => {
    fc.assert(
      fc.property(models, texts, (model, text) => {
        const { ours, theirs } = bothOf(model);
        expect(ours(text)).toEqual(theirs(text));
      }),
    );
  });

  it('takes a piece whole, as the library does, where the model does so', () => {
    fc.assert(
      fc.property(models, texts, (model, text) => {
        const { ours, theirs } = bothOf({ ...model, ignore_merges: true });
        expect(ours(text)).toEqual(theirs(text));
      }),
    );
  });

  it('merges a piece of many thousand bytes', () => {
    const { ours } = bothOf({
      vocab: { a: 0, aa: 1, aaaa: 2 },
      merges: [
        ['a', 'a'],
        ['aa', 'aa'],
      ],
    });
    expect(ours('a'.repeat(40_003))).toEqual([...new Array<number>(10_000).fill(2), 1, 0]);
  });

  it.each([
    { what: 'the token for what is unknown', unk_token: 'u', tokens: [0, 1, 0] },
    { what: 'nothing', unk_token: null, tokens: [0, 0] },
  ])('gives $what for a byte without a token', ({ unk_token, tokens }) => {
    const { ours, theirs } = bothOf({ vocab: { a: 0, u: 1 }, merges: [], unk_token });
    expect(ours('axa')).toEqual(tokens);
    expect(theirs('axa')).toEqual(tokens);
  });

  it('leaves out a merge that arrives at no token', () => {
    const { ours } = bothOf({ vocab: { a: 0, b: 1 }, merges: ['a b'] });
    expect(ours('ab')).toEqual([0, 1]);
  });
});
