import { describe, expect, it } from 'vitest';
import { placeAfterAccepting, placeOnNextLine } from '../../../src/completion/typing/afterAccepting.ts';
import type { Completion } from '../../../src/completion/completion.ts';
import { cursorText } from '../../support/cursorText.ts';

function placeAt(marked: string) {
  const context = cursorText(marked);
  return { ...context, offset: 100 + context.prefix.length };
}

describe('placeAfterAccepting', () => {
  const check = (why: string, at: string, completion: [string, number?], expected: string): void => {
    it(why, () => {
      const [text, replacedChars = 0] = completion;
      const place = placeAfterAccepting(placeAt(at), { text, replacedChars } as Completion);
      expect(place).toEqual(placeAt(expected));
    });
  };

  check('stands behind the accepted text', 'a = █\nb', ['foo();'], 'a = foo();█\nb');
  check('has nothing of what the text replaces', 'f(█);\nb', ['x, y);', 2], 'f(x, y);█\nb');
  check('has the line ends of the document', 'f() {█\r\n', ['\n  a();\n}'], 'f() {\r\n  a();\r\n}█\r\n');
});

describe('placeOnNextLine', () => {
  const check = (why: string, at: string, expected: string): void => {
    it(why, () => {
      expect(placeOnNextLine(placeAt(at))).toEqual(placeAt(expected));
    });
  };

  check('is indented as the line before', '  a();█\nb', '  a();\n  █\nb');
  check('is a step deeper behind what opens a block', '  a();\n  if (b) {█\n', '  a();\n  if (b) {\n    █\n');
  check('takes the step from the document', '\tif (b) {█\n', '\tif (b) {\n\t\t█\n');
  check('takes four spaces where nothing is indented', 'if b:█\n', 'if b:\n    █\n');
  check('has the line ends of the document', 'a\r\n  b();█', 'a\r\n  b();\r\n  █');
});
