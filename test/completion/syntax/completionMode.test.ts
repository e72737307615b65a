import { describe, expect, it } from 'vitest';
import { completionModeAt, type CompletionMode } from '../../../src/completion/syntax/completionMode.ts';
import { modeSyntaxOf } from '../../../src/completion/syntax/modeSyntax.ts';
import { cursorText } from '../../support/cursorText.ts';

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
      expect(completionModeAt(cursorText(text), await modeSyntaxOf(languageId))).toBe(mode);
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

  // No sign opens a body there: its lines say so.
  check('ruby', 'def f\n  █\nend', 'block');
  check('ruby', 'def f(a = 1)\n  █\nend', 'block');
  check('ruby', 'class A < B\n  █\n', 'block');
  check('ruby', 'a.each do |b|\n  █\nend', 'block');
  check('ruby', 'a.map { |b|\n  █\n}', 'block');
  check('ruby', 'a = if b\n  █\nend', 'block');
  check('ruby', 'if a then\n  █\nend', 'block');
  check('ruby', 'def f\n  a\n  █\nend', 'statement');
  check('ruby', 'def f\n  █\n  a\nend', 'statement');
  check('ruby', 'def f; a; end\n█\n', 'statement');
  check('ruby', 'def f(a) = a + 1\n█\n', 'statement');
  check('ruby', 'return a if b\n█\n', 'statement');

  // There is no grammar here.
  check('lua', '█', 'block');
  check('lua', 'if a then\n  █\nend', 'block');
  check('lua', 'for i = 1, 2 do\n\n  █\nend', 'block');
  check('kotlin', 'fun f() {\n    █\n}\n', 'block');
  check('lua', 'a()\n█\n', 'statement');
  check('lua', 'if a then\n  █\n  b()\nend', 'statement');
  check('kotlin', 'fun f() {\n    a()\n    █\n}\n', 'statement');
  check('markdown', 'Words.\n\n█\n', 'statement');
});
