import { describe, expect, it } from 'vitest';
import { isInsideWord } from '../../src/completion/words.ts';

describe('isInsideWord', () => {
  const check = (why: string, [before, behind]: readonly [string, string], isInside: boolean): void => {
    it(why, () => {
      expect(isInsideWord(before + behind, before.length)).toBe(isInside);
    });
  };

  check('holds between letters, digits and underscores', ['a_', '1b'], true);
  check('does not hold behind a word', ['foo', '(bar)'], false);
  check('does not hold in front of one', ['foo(', 'bar)'], false);
  check('does not hold at the start', ['', 'foo'], false);
  check('does not hold at the end', ['foo', ''], false);
  check('holds in front of an accent of its own', ['cafe', '\u0301'], true);
  check('holds behind a sign that leads to the next consonant', ['"हिन्', 'दी"'], true);
  check('holds in front of a vowel above its consonant', ['ที่น', 'ี่'], true);
  check('holds at a sign between letters that are not to join', ['می\u200c', 'خواهم'], true);
  check('does not hold behind a word that ends on a mark', ['"हिन्दी', '"'], false);
  check('holds between the halves of a character', ['\uD83D', '\uDE00'], true);
  check('holds in emoji that are joined to one', ['👨\u200d', '👩'], true);
  check('holds in front of the choice of how an emoji looks', ['⚠', '\ufe0f'], true);
  check('holds between the letters of a flag', ['🇩', '🇪'], true);
  check('does not hold between emoji', ['😀', '😁'], false);
});
