import { describe, expect, it } from 'vitest';
import { fitToRestOfLine } from '../../../src/completion/trimming/restOfLine.ts';

describe('fitToRestOfLine', () => {
  const check = (text: string, behind: string, expected: string, replacedChars = 0): void => {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(text)} before ${JSON.stringify(behind)}`, () => {
      expect(fitToRestOfLine(text, behind)).toEqual({ text: expected, replacedChars });
    });
  };

  check('foo', '', 'foo');
  check('foo', ')', 'foo');
  check('x)', ')', 'x');
  check('x);', ');', 'x');
  check('x)', ');', 'x');
  check('x);', ')', 'x);', 1);
  check('x, y) + z', ')', 'x, y) + z', 1);
  check('x, y) + z(1)', ')', 'x, y) + z(1');
  check('f(x)', ')', 'f(x)');
  check('f(x))', ')', 'f(x)');
  check('[a, b]', ']', '[a, b]');
  check('hello"', '"', 'hello');
  check('hello", "world"', '")', 'hello", "world');
  check('hello");', '")', 'hello");', 2);
  check('")"', ')', '")"');
  check('x }', ' }', 'x ');
  check('x}', ' }', 'x');
  check(';', ';', '');
  check(') {', ') {', '');
  check('it\'s")', '")', "it's");
  check(String.raw`a\"b"`, '"', String.raw`a\"b`);
  check('f(x', '"', 'f(x');
});
