import { describe, expect, it } from 'vitest';
import { Drafter } from '../../../src/engine/generation/drafter.ts';
import { TokenPrefixes } from '../../../src/engine/generation/tokenPrefixes.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';

const tokenizer = new FakeTokenizer({ merges: codeMerges });
const prefixes = new TokenPrefixes(tokenizer);

interface Row {
  readonly what: string;
  readonly text: string;
  readonly references?: readonly string[];
  readonly typed?: string;
  readonly maxTokens?: number;
  readonly expected: string;
}

const passage = 'foo(bar, 12);\n';

const rows: readonly Row[] = [
  { what: 'nothing where nothing is alike', text: 'foo', expected: '' },
  {
    what: 'a passage that came often',
    text: `${passage.repeat(3)}foo(bar`,
    expected: ', 12);\nfoo(',
  },
  { what: 'no more than is of use', text: `${passage.repeat(3)}foo(bar`, maxTokens: 1, expected: ',' },
  { what: 'nothing when nothing is of use', text: `${passage.repeat(3)}foo(bar`, maxTokens: 0, expected: '' },
  {
    what: 'a passage of a reference',
    text: 'foo(bar',
    references: [passage.repeat(3)],
    expected: ', 12);\nfoo(',
  },
  {
    what: 'the whole word of what was typed of it, where it stands in the text',
    text: 'x return foo;\nx return bar;\nx',
    typed: ' retu',
    maxTokens: 1,
    expected: ' return',
  },
  {
    what: 'what was typed as it is spelled, where it stands nowhere',
    text: '=>',
    typed: 'foo',
    expected: 'foo',
  },
];

describe('Drafter', () => {
  it.each(rows)('proposes $what', ({ text, references = [], typed = '', maxTokens = 7, expected }) => {
    const drafter = new Drafter(
      tokenizer,
      prefixes,
      references.map((reference) => tokenizer.encode(reference)),
    );
    const draft = drafter.propose({ text: tokenizer.encode(text), untyped: Buffer.from(typed), maxTokens });
    expect(tokenizer.decode(draft)).toBe(expected);
  });

  it('stops before a token that ends the text', () => {
    const text = [1, 2, tokenizer.endOfText, 1, 2, tokenizer.endOfText, 1, 2, tokenizer.endOfText, 1];
    const drafter = new Drafter(tokenizer, prefixes, []);
    expect(drafter.propose({ text, untyped: new Uint8Array(), maxTokens: 7 })).toEqual([2]);
  });
});
