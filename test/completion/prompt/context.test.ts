import { describe, expect, it } from 'vitest';
import {
  contextAround,
  cursorLineOf,
  isMidWord,
  maxPrefixChars,
  maxSuffixChars,
  nextLineOf,
  normaliseContext,
} from '../../../src/completion/prompt/context.ts';
import { cursorText } from '../../support/cursorText.ts';

describe('contextAround', () => {
  const document = Array.from({ length: 3000 }, (_, i) => `line ${i}\n`).join('');

  it('takes a small document whole', () => {
    expect(contextAround('ab', 1)).toEqual({ prefix: 'a', suffix: 'b' });
  });

  it('keeps the start of a long prefix while one types on', () => {
    const starts = [0, 1, 100, 400].map((typed) =>
      document.indexOf(contextAround(document, 20_000 + typed).prefix),
    );
    expect(new Set(starts).size).toBe(1);
  });

  it('never takes more than its limits', () => {
    for (const offset of [8192, 8193, 10_240, 15_000]) {
      const { prefix, suffix } = contextAround(document, offset);
      expect(prefix.length).toBeLessThanOrEqual(maxPrefixChars);
      expect(prefix.length).toBeGreaterThan(maxPrefixChars / 2);
      expect(suffix.length).toBe(maxSuffixChars);
    }
  });
});

describe('normaliseContext', () => {
  it('makes one kind of line end and whole characters', () => {
    expect(normaliseContext({ prefix: '\uDE00a\r\nb\rc', suffix: '\r\n\n' })).toEqual({
      prefix: '\uFFFDa\nb\nc',
      suffix: '\n\n',
    });
  });
});

describe('isMidWord', () => {
  const check = (line: string, expected: boolean): void => {
    it(`${expected ? 'lets nothing be offered' : 'is out of the way'} at ${JSON.stringify(line)}`, () => {
      expect(isMidWord(cursorLineOf(cursorText(line)))).toBe(expected);
    });
  };
  check('const a█', false);
  check('foo(█)', false);
  check('foo("█");\nnext', false);
  check('if (█) {', false);
  check('list.map((x█) => {', false);
  check('{ a: [█] },', false);
  check('/** █ */', false);
  check('<br █/>', false);
  check('  █  ', false);
  check('con█st', true);
  check('█const', true);
  check('foo(█, b)', true);
  check('a █ + b', true);
  check('foo(█) + 1', true);
});

describe('nextLineOf', () => {
  it('is the first line below that is not blank', () => {
    expect(nextLineOf(cursorText('a█ rest\n  \n\n  b();  \nc'))).toBe('b();');
  });

  it('is empty at the end of a document', () => {
    expect(nextLineOf(cursorText('a█ rest'))).toBe('');
  });
});
