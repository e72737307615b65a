import { describe, expect, it } from 'vitest';
import { escapeHtml, shortNumber, table } from '../../src/report/html.ts';

it('escapes what could be markup or end an attribute', () => {
  expect(escapeHtml(`<a href="x" b='y'>&`)).toBe('&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38;');
});

it('names the rows and columns of a table for who does not see it', () => {
  expect(table([['a<b', '1']], { head: ['', 'Now'] })).toBe(
    '<table class="numbers"><thead><tr><td></td><th scope="col">Now</th></tr></thead>' +
      '<tbody><tr><th scope="row">a&#60;b</th><td>1</td></tr></tbody></table>',
  );
});

describe('shortNumber', () => {
  it.each([
    [3, '3'],
    [0.123456, '0.123'],
    [1234.4, '1234'],
    [undefined, '–'],
    [Infinity, '–'],
  ])('of %s is %s', (value, expected) => {
    expect(shortNumber(value)).toBe(expected);
  });
});
