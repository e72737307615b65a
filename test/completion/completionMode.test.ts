import { describe, expect, it } from 'vitest';
import { completionModeAt, type CompletionMode } from '../../src/completion/completionMode.ts';
import { cursorText } from '../support/cursorText.ts';

describe('completionModeAt', () => {
  const check = (text: string, mode: CompletionMode): void => {
    it(`gives a ${mode} at ${JSON.stringify(text)}`, () => {
      expect(completionModeAt(cursorText(text))).toBe(mode);
    });
  };

  check('█', 'block');
  check('f() {\n    █\n}', 'block');
  check('a();\n█  \nb();', 'block');
  check('if (a) {█', 'block');
  check('if (a) {█\n}', 'block');
  check('def f(a: int) -> int:█', 'block');
  check('    elif a == b:█', 'block');
  check('async def f():█', 'block');
  check('for i in 1 2 3; do█', 'block');
  check('if a then█', 'block');
  check('begin█', 'block');

  check('const a = █', 'line');
  check('foo();█', 'line');
  check('import { █', 'line');
  check('if (a) {█}', 'line');
  check('let a:█', 'line');
  check('key:█', 'line');
  check('  "case": █', 'line');
  check('foo(█', 'line');
  check('undo█', 'line');
  check('foo(█)', 'line');
});
