import { describe, expect, it } from 'vitest';
import { contextAround } from '../../../src/completion/prompt/context.ts';
import {
  chooseReferences,
  maxReferenceChars,
  restAround,
} from '../../../src/completion/prompt/references.ts';

const python = (text: string) => ({ languageId: 'python', text });
const typescript = (text: string) => ({ languageId: 'typescript', text });

describe('chooseReferences', () => {
  it('takes the rest of the document, then its language, then others', () => {
    const texts = chooseReferences({ languageId: 'python', rest: ['rest', ''] }, [
      typescript('a'),
      python('b'),
      python(''),
      python('c'),
    ]);
    expect(texts).toEqual(['rest', 'b', 'c', 'a']);
  });

  it('gives line ends as models know them', () => {
    const [text] = chooseReferences({ languageId: 'python', rest: [] }, [python('a\r\nb\r')]);
    expect(text).toBe('a\nb\n');
  });

  it('takes of many long documents no more than may be looked through', () => {
    const long = Array.from({ length: 9 }, (_, i) => python(String(i).repeat(100_000)));
    const texts = chooseReferences({ languageId: 'python', rest: ['r'.repeat(10)] }, long);
    expect(texts.join('')).toHaveLength(maxReferenceChars);
    expect(texts.length).toBeGreaterThan(3);
  });
});

describe('restAround', () => {
  const text = Array.from({ length: 30_000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');

  it.each([0, 5_000, 12_000, 29_999])('overlaps nothing of the context at %i', (offset) => {
    const [before, behind] = restAround(text, offset) as [string, string];
    const { prefix, suffix } = contextAround(text, offset);
    expect(text.slice(0, offset - prefix.length).endsWith(before)).toBe(true);
    expect(text.slice(offset + suffix.length).includes(behind)).toBe(true);
  });

  it('stays the same while one types', () => {
    const typed = Array.from({ length: 40 }, (_, i) => {
      const now = text.slice(0, 12_300) + 'x'.repeat(i) + text.slice(12_300);
      return restAround(now, 12_300 + i).join('|');
    });
    expect(new Set(typed).size).toBe(1);
  });

  it('is nothing where the context is all there is', () => {
    expect(restAround('short', 3)).toEqual(['', '']);
  });
});
