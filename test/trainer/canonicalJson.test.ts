import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256OfJson } from '../../src/trainer/canonicalJson.ts';

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

  it('hashes as SHA-256 does', () => {
    expect(sha256OfJson({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
