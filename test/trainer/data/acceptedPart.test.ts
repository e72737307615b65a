import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptedPart, type AcceptedPart } from '../../../src/trainer/data/acceptedPart.ts';

describe('acceptedPart', () => {
  const cases: [offered: string, written: string, kind: AcceptedPart['kind'], taken: string][] = [
    ['foo(bar)', 'foo(bar)', 'all', 'foo(bar)'],
    ['foo', 'foo(bar)', 'all', 'foo'],
    ['one\ntwo', 'one\ntwo\nten', 'all', 'one\ntwo'],
    ['one\ntwo\nsix', 'one\ntwo\nten', 'lines', 'one\ntwo\n'],
    // Where the next line end is the first thing that differs, the lines before it are right all the same.
    ['a\nb\nc', 'a\nbc\nc', 'lines', 'a\n'],
    ['\nfoo', '\nbar', 'lines', '\n'],
    ['foo(bar, baz)', 'foo(bar, qux)', 'words', 'foo(bar, '],
    ['foo bar', 'foo', 'words', 'foo'],
    ['foobar()', 'foobaz()', 'nothing', ''],
    // Fewer than three characters are typed sooner than taken.
    ['a = 1', 'a + 1', 'nothing', ''],
    ['wrong', 'right', 'nothing', ''],
    ['', 'anything', 'nothing', ''],
    ['anything', '', 'nothing', ''],
    // Two emoji that differ in their second half only.
    ['x = "😀"', 'x = "😁"', 'words', 'x = "'],
    // Two words that differ in their last vowel, a mark, and two where only one has an accent.
    ['x = "ที่นี"', 'x = "ที่นิ"', 'words', 'x = "'],
    ['x = "cafe"', 'x = "cafe\u0301"', 'words', 'x = "'],
  ];

  it.each(cases)('of %j takes, where %j is written, %s: %j', (offered, written, kind, taken) => {
    expect(acceptedPart(offered, written)).toEqual({ kind, acceptedChars: taken.length });
  });

  it('never takes a character that would have to be deleted again, and all where all is right', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', ' ', '\n', '(', '😀', '😁'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (offered, written) => {
        const { kind, acceptedChars } = acceptedPart(offered, written);
        expect(written.startsWith(offered.slice(0, acceptedChars))).toBe(true);
        expect(kind === 'all').toBe(offered !== '' && written.startsWith(offered));
        expect(offered.slice(0, acceptedChars)).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});
