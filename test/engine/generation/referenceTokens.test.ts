import { describe, expect, it } from 'vitest';
import { ReferenceTokens } from '../../../src/engine/generation/referenceTokens.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';

/** Counts what it is given to encode. */
class CountingTokenizer extends FakeTokenizer {
  readonly encoded: string[] = [];
  override encode(text: string): number[] {
    this.encoded.push(text);
    return super.encode(text);
  }
}

const tokenizerOf = (): CountingTokenizer => new CountingTokenizer({ merges: codeMerges });
const code = 'const foo = (bar) => {\n  return bar.length;\n};\nfoo();\n';

describe('ReferenceTokens', () => {
  it('gives the tokens of every text', () => {
    const references = new ReferenceTokens(tokenizerOf());
    const plain = tokenizerOf();
    expect(references.tokensOf([code, 'foo'])).toEqual([plain.encode(code), plain.encode('foo')]);
  });

  it('tokenizes only the part that changed', () => {
    const tokenizer = tokenizerOf();
    const references = new ReferenceTokens(tokenizer);
    references.tokensOf([code]);
    tokenizer.encoded.length = 0;
    references.tokensOf([code.replace('foo();', 'foo(1);')]);
    expect(tokenizer.encoded).toEqual(['foo(1);\n']);
  });

  it('spreads a long text over several requests', () => {
    const long = Array.from({ length: 50 }, (_, i) => `foo(${'x'.repeat(500)}${i});\n`).join('');
    const tokenizer = tokenizerOf();
    const references = new ReferenceTokens(tokenizer);
    const whole = tokenizer.encode(long).length;
    const lengths = Array.from({ length: 13 }, () => references.tokensOf([long])[0]!.length);
    expect(lengths[0]).toBeLessThan(whole / 2);
    expect(lengths[1]).toBeGreaterThan(lengths[0]!);
    expect(lengths.at(-1)).toBe(whole);
  });
});
