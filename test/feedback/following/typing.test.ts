import { expect, it } from 'vitest';
import { isKeystroke } from '../../../src/feedback/following/typing.ts';

it.each([
  ['a character', 'a', true],
  ['a character of two code units', '🦊', true],
  ['a deletion', '', true],
  ['a bracket with its closing one', '()', true],
  ['a quote with its closing one', '``', true],
  ['Enter with its indentation', '\n    ', true],
  ['Enter between brackets', '\r\n    \r\n  ', true],
  ['Tab', '    ', true],
  ['a word', 'foo', false],
  ['a word with its space', ' x', false],
  ['a line with its break', 'x\n', false],
])('%s: %j', (_, text, expected) => {
  expect(isKeystroke(text)).toBe(expected);
});
