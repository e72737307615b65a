import { describe, expect, it } from 'vitest';
import { isTypedAlong } from '../../../src/completion/typing/typingAlong.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import { cursorText } from '../../support/cursorText.ts';

function placeAt(marked: string) {
  const context = cursorText(marked);
  const documentUri = 'file:///a.ts';
  const languageId = 'typescript';
  return { ...context, offset: context.prefix.length, documentUri, languageId, policyId: 'base' as PolicyId };
}

describe('isTypedAlong', () => {
  const check = (why: string, [text, from, to]: readonly [string, string, string], expected: boolean) => {
    it(why, () => {
      expect(isTypedAlong(text, placeAt(from), placeAt(to))).toBe(expected);
    });
  };

  check('holds where the beginning was typed', ['foo', 'a = █', 'a = fo█'], true);
  check('holds where all that is written so far was typed', ['foo', 'a = █', 'a = foo█'], true);
  check('holds over a line end', ['{\n  a', 'f() █', 'f() {\n  █'], true);
  check('holds where the editor closed a bracket', ['foo(', 'a = █\nb', 'a = foo(█)\nb'], true);
  check('does not hold for other text', ['foo', 'a = █', 'a = b█'], false);
  check('does not hold for more than is written', ['fo', 'a = █', 'a = foo█'], false);
  check('does not hold behind the cursor before', ['foo', 'a = █', 'a =█'], false);
  check('does not hold where the lines below have changed', ['foo', 'a = █\nb', 'a = f█\nc'], false);
});
