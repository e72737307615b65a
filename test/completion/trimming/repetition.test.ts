import { describe, expect, it } from 'vitest';
import { findLoop } from '../../../src/completion/trimming/repetition.ts';

describe('findLoop', () => {
  const check = (title: string, text: string, kept: string | undefined): void => {
    it(title, () => {
      const end = findLoop(text);
      expect(end === undefined ? undefined : text.slice(0, end)).toBe(kept);
    });
  };

  check('keeps one copy of a word that goes on and on', `a = ${'foo, '.repeat(8)}`, 'a = foo, ');
  check('keeps one copy of a line that goes on and on', `x\n${'    foo();\n'.repeat(6)}`, 'x\n    foo();\n');
  check('leaves a text alone that came out of its loop', `${'foo, '.repeat(9)}bar`, undefined);
  check('leaves a few copies alone', 'foo, foo, foo', undefined);
  check('leaves rulers alone', '-'.repeat(80), undefined);
  check('leaves rows of numbers alone', '0, '.repeat(40), undefined);
  check('leaves indentation alone', `a\n${' '.repeat(40)}`, undefined);
  check('leaves an empty text alone', '', undefined);
});
