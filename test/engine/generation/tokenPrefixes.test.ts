import { describe, expect, it } from 'vitest';
import { TokenPrefixes } from '../../../src/engine/generation/tokenPrefixes.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';

const tokenizer = new FakeTokenizer({ merges: ['re', 'ret', 'return', 'rest', 'é'], hasFim: true });
const prefixes = new TokenPrefixes(tokenizer);

describe('TokenPrefixes', () => {
  it.each([
    ['r', ['r', 're', 'ret', 'return', 'rest']],
    ['ret', ['r', 're', 'ret', 'return']],
    ['return 1', ['r', 're', 'ret', 'return']],
    ['x', ['x']],
  ])('gives what %j begins with and what begins with it', (text, expected) => {
    const compatible = prefixes.compatibleWith(Buffer.from(text));
    expect([...compatible].map((token) => tokenizer.decode([token]))).toEqual(expected);
  });

  it('knows parts of a character', () => {
    const bytes = Buffer.from('é');
    expect([...prefixes.compatibleWith(bytes)]).toEqual([bytes[0], tokenizer.encode('é')[0]]);
    expect([...prefixes.compatibleWith(bytes.subarray(1))]).toEqual([bytes[1]]);
  });

  it('never allows a special token', () => {
    expect(prefixes.isCompatible(tokenizer.endOfText, Buffer.from('r'))).toBe(false);
    expect(prefixes.isCompatible(tokenizer.encode('re')[0]!, Buffer.from('ret'))).toBe(true);
  });
});
