import { describe, expect, it } from 'vitest';
import { completionModeAt, type CompletionMode } from '../../src/completion/completionMode.ts';
import { syntaxOf } from '../../src/completion/syntax.ts';
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

describe('completionModeAt, by the syntax of the language,', () => {
  const check = (languageId: string, text: string, mode: CompletionMode): void => {
    it(`gives a ${mode} in ${languageId} at ${JSON.stringify(text)}`, async () => {
      expect(completionModeAt(cursorText(text), await syntaxOf(languageId))).toBe(mode);
    });
  };

  check('typescript', 'function f() {\n  █\n}', 'block');
  check('typescript', 'function f() {\n  // First.\n  █\n}', 'block');
  check('typescript', 'function f() {\n  █\n', 'block');
  check('typescript', 'const f = (a) =>\n  █\n', 'block');
  check('typescript', 'f(\n  █\n)', 'block');
  check('python', 'class A:\n    def run(\n        █\n        return 1\n', 'block');
  check('typescript', 'const a = [\n  █\n];', 'block');
  check('typescript', '█', 'block');
  check('typescript', '// First.\n█\n', 'block');
  check('python', 'def f():\n    █\n', 'block');
  check('python', 'def f(\n    a,\n) -> int:\n    """Gives one."""\n    █\n\nb = 1\n', 'block');
  check('python', 'if a:\n    █\nelse:\n    b()\n', 'block');
  check('go', 'func f() {\n\t█\n}\n', 'block');
  check('rust', 'match a {\n    1 =>\n        █\n}\n', 'block');

  check('typescript', 'function f() {\n  a();\n  █\n}', 'statement');
  check('typescript', 'function f() {\n  █\n  a();\n}', 'statement');
  check('typescript', 'f(\n  a,\n  █\n)', 'statement');
  check('typescript', 'f(\n  █\n  b,\n)', 'statement');
  check('typescript', 'a();\n█\nb();', 'statement');
  check('typescript', 'function f() {\n  /*\n  █\n  */\n}', 'statement');
  check('typescript', 'const a = `{\n  █\n`;', 'statement');
  check('typescript', '█\na();', 'statement');
  check('python', 'def f():\n    a()\n    █\n', 'statement');
  check('python', 'def f():\n    █\n    a()\n', 'statement');
  check('python', 'def f():\n    """Gives\n    █\n    """\n', 'statement');
  check('python', 'f(\n    a=1,\n    █\n)\n', 'statement');

  check('typescript', 'if (a) {█', 'block');
  check('typescript', 'const a = █', 'line');
  // No sign opens a body there, and there is no grammar here.
  check('ruby', 'def f\n  a\n  █\nend', 'block');
  check('lua', 'a()\n█\n', 'block');
});
