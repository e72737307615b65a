import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOf, parseCursor } from '../../src/cli/cursorArgument.ts';

describe('parseCursor', () => {
  it.each([
    ['src/main.ts:12:5', { path: 'src/main.ts', line: 12, column: 5 }],
    ['C:\\work\\a.ts:1:1', { path: 'C:\\work\\a.ts', line: 1, column: 1 }],
    ['odd:name:3:4', { path: 'odd:name', line: 3, column: 4 }],
  ])('reads %s', (text, cursor) => {
    expect(parseCursor(text)).toEqual(cursor);
  });

  it.each(['src/main.ts', 'src/main.ts:12', 'a.ts:0:1', 'a.ts:1:0', ':1:1', 'a.ts:one:two', ''])(
    'refuses %j and says how a place is written',
    (text) => {
      expect(() => parseCursor(text)).toThrow(
        `'${text}' is no place in a file. Write it as file:line:column`,
      );
    },
  );
});

describe('offsetOf', () => {
  const at = (text: string, line: number, column: number) => offsetOf({ path: 'a.ts', line, column }, text);

  it.each([
    ['at the start', 'abc\ndef\n', 1, 1, 0],
    ['at the end of a line', 'abc\ndef\n', 1, 4, 3],
    ['in a later line', 'abc\ndef\n', 2, 2, 5],
    ['behind the last line end', 'abc\n', 2, 1, 4],
    ['in an empty file', '', 1, 1, 0],
    ['before a carriage return', 'abc\r\ndef\r\n', 1, 4, 3],
    ['behind lines with carriage returns', 'abc\r\ndef\r\n', 2, 1, 5],
  ])('finds a place %s', (_, text, line, column, offset) => {
    expect(at(text, line, column)).toBe(offset);
  });

  it.each([
    ['abc\n', 3, 1, 'a.ts has no line 3: its last is 2.'],
    ['abc\n', 1, 5, 'Line 1 of a.ts has no column 5: it ends at 4.'],
    ['abc\r\n', 1, 5, 'Line 1 of a.ts has no column 5: it ends at 4.'],
  ])('says of %j that it does not go to %i:%i', (text, line, column, message) => {
    expect(() => at(text, line, column)).toThrow(message);
  });

  it('is the inverse of counting lines and columns', () => {
    const place = fc.array(fc.constantFrom('a', '\n', '😀')).chain((parts) => {
      const text = parts.join('');
      return fc.tuple(fc.constant(text), fc.nat(text.length));
    });
    fc.assert(
      fc.property(place, ([text, offset]) => {
        const before = text.slice(0, offset).split('\n');
        expect(at(text, before.length, before.at(-1)!.length + 1)).toBe(offset);
      }),
    );
  });
});
