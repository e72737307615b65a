import { describe, expect, it } from 'vitest';
import { naturalPauses } from '../../../src/completion/asking/naturalPauses.ts';

describe('naturalPauses', () => {
  /** Pauses are written as `|` in the line. */
  const check = (marked: string): void => {
    it(`pauses at ${JSON.stringify(marked)}`, () => {
      const line = marked.replaceAll('|', '');
      const pauses = naturalPauses(line);
      const found = line
        .replace(/$/, ' ')
        .split('')
        .map((char, i) => (pauses.includes(i) ? `|${char}` : char));
      expect(found.join('').slice(0, -1)).toBe(marked);
    });
  };

  check('|foo');
  check('    |foo(|a, |b);');
  check('|const |a = |b.|c(|);');
  check('|export function f(|a: |string): |number {');
  check('|if |(|a === |b) {');
  check('|return |{|a: |1, |b };');
  check('|for |i in |range(|10):');
  check('|list.|map((|x) => |x + |1);   ');
  check('|f(|...|args)');
  check('   ');
  check('');
});
