import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, piecesOfJson, sha256OfJson } from '../../src/trainer/canonicalJson.ts';

describe('canonicalJson', () => {
  it.each([
    {
      value: { b: 1, a: { d: [2, { f: 3, e: 4 }], c: null } },
      json: '{"a":{"c":null,"d":[2,{"e":4,"f":3}]},"b":1}',
    },
    { value: { b: undefined, a: 1 }, json: '{"a":1}' },
    { value: ['ä', '\n'], json: '["ä","\\n"]' },
  ])('writes $json', ({ value, json }) => {
    expect(canonicalJson(value)).toBe(json);
  });

  it('is the same for objects whose fields came in another order, and reads back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(sha256OfJson(turned)).toBe(sha256OfJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is what its pieces are together, so that they have its hash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([...piecesOfJson(value)].join('')).toBe(canonicalJson(value));
      }),
    );
    const absent = { b: [undefined, 1], a: undefined, 10: '', 9: [[]] };
    expect([...piecesOfJson(absent)].join('')).toBe(canonicalJson(absent));
    expect(sha256OfJson(absent)).toBe(createHash('sha256').update(canonicalJson(absent)).digest('hex'));
  });

  it('has a piece for each example, so that the examples of a large store fit into no one string', () => {
    const example = { prefix: 'x'.repeat(100), promptTokens: [1, 2, 3] };
    const examples = { training: { demonstrations: new Array(50).fill(example) }, windows: [example] };
    const longest = Math.max(...[...piecesOfJson(examples)].map((piece) => piece.length));
    expect(longest).toBe(canonicalJson(example).length + ','.length);
  });

  it('hashes as SHA-256 does', () => {
    expect(sha256OfJson({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
