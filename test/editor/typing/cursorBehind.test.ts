import { describe, expect, it } from 'vitest';
import { cursorBehind } from '../../../src/editor/typing/cursorBehind.ts';

describe('cursorBehind', () => {
  const check = (why: string, insertedText: string, expected: number): void => {
    it(why, () => {
      expect(cursorBehind({ offset: 10, deletedChars: 0, insertedText })).toBe(expected);
    });
  };

  check('stands behind a typed character', 'a', 11);
  check('stands behind a line end and its indentation', '\n    ', 15);
  check('stands where something was deleted', '', 10);
  check('stands between brackets that the editor closed', '()', 11);
  check('stands between quotes that the editor closed', "''", 11);
  check('stands behind two signs that are no pair', ')(', 12);
});
