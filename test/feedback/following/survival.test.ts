import { describe, expect, it } from 'vitest';
import { cutToLines, maxFinalTextChars, survivalShare } from '../../../src/feedback/following/survival.ts';

describe('the share of a text that survives', () => {
  it.each([
    ['untouched', 'foo(bar)', 'foo(bar)', 1],
    ['gone', 'foo(bar)', '', 0],
    ['rewritten', 'foo(bar)', 'qux;', 0],
    ['reformatted', 'foo( bar )', 'foo(\n\tbar\n)', 1],
    ['with more written around and in it', 'foo(bar)', 'x = foo(y, bar);', 1],
    ['with one of two equal words changed', 'aa bb', 'aa cc', 0.5],
    ['with a name changed, by characters', 'foo(bar)', 'foo(quux)', 5 / 8],
    ['of white space only, kept', '\n', 'a\n', 1],
    ['of white space only, gone', '\n', 'a', 0],
    ['of words that share letters only', 'abc', 'abd', 0],
    ['in any script', 'größe = 名前', 'größe = 値', 6 / 8],
  ])('%s', (_, text, textNow, expected) => {
    expect(survivalShare(text, textNow)).toBeCloseTo(expected, 10);
  });
});

describe('what was written, cut to lines', () => {
  it.each([
    ['ends with the line', 'foo();\nbar();\n', 1, 'foo();', true],
    ['has as many lines as asked for', 'a\nb\nc', 2, 'a\nb', true],
    ['is the whole where it is shorter', 'a', 2, 'a', false],
    ['passes over blank lines to the first written one', '\n\n  a\nb', 1, '\n\n  a', true],
    ['has line ends as the policy writes them', 'a\r\nb\r\nc', 2, 'a\nb', true],
    ['may be nothing', '', 1, '', false],
  ])('%s', (_, written, lineCount, text, isCut) => {
    expect(cutToLines(written, lineCount)).toMatchObject({ text, isCut });
  });

  it('is unknown when a line is longer than any completion', () => {
    expect(cutToLines('x'.repeat(maxFinalTextChars + 1), 1)).toBeUndefined();
  });
});
