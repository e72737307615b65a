import * as l10n from '@vscode/l10n';
import { beforeAll, describe, expect, it } from 'vitest';
import { ForeseenError, sentenceOf } from '../../src/sentences/foreseenError.ts';
import { inEnglish, joined, quoted, sentence } from '../../src/sentences/sentence.ts';
import { sentenceSchema } from '../../src/sentences/sentenceSchema.ts';
import { told } from '../../src/sentences/told.ts';

beforeAll(() =>
  l10n.config({
    contents: {
      './The sign before decimals, as in 0.5': ',',
      '{0} of {1} is {2}': '{1} hat {0} zu {2}',
      'a half': 'die Hälfte',
    },
  }),
);

const half = sentence`a half`;
const whole = sentence`${half} of ${'1.5/a'} is ${0.5}`;

describe('a sentence', () => {
  it('is its text with a place for each value', () => {
    expect(whole).toEqual({ text: '{0} of {1} is {2}', values: [half, '1.5/a', 0.5] });
    expect(half).toEqual({ text: 'a half', values: [] });
  });

  it('is read in English where nobody knows the reader', () => {
    expect(inEnglish(whole)).toBe('a half of 1.5/a is 0.5');
  });

  it('is told in the reader’s language, numbers and sentences in it too, names as they are', () => {
    expect(told(whole)).toBe('1.5/a hat die Hälfte zu 0,5');
  });

  it('stays English in a language that does not have it', () => {
    expect(told(sentence`${half} of it`)).toBe('die Hälfte of it');
  });

  it('puts nothing in places that a value names itself', () => {
    expect(inEnglish(sentence`${'{1}'} and ${'b'}`)).toBe('{1} and b');
    expect(told(sentence`${'{1}'} and ${'b'}`)).toBe('{1} and b');
  });

  it('is joined with others', () => {
    expect(told(joined([half, quoted('x.ts'), half], '; '))).toBe('die Hälfte; x.ts; die Hälfte');
    expect(inEnglish(joined([], '; '))).toBe('');
  });

  it('travels as JSON, and is refused where it is none', () => {
    expect(sentenceSchema.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
    expect(sentenceSchema.safeParse({ text: 'a', values: [{}] }).success).toBe(false);
  });
});

describe('what an error says', () => {
  class Failure extends ForeseenError<'failed'> {}

  it('is its sentence where it is one of ours, whose message is English', () => {
    const failure = new Failure('failed', whole);
    expect(sentenceOf(failure)).toBe(whole);
    expect(failure.message).toBe('a half of 1.5/a is 0.5');
  });

  it('is what others said, as they said it', () => {
    expect(told(sentenceOf(new Error('a half')))).toBe('a half');
    expect(told(sentenceOf('{0} of it'))).toBe('{0} of it');
  });
});
