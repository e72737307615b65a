import { describe, expect, it } from 'vitest';
import { shapeContext } from '../../../src/completion/syntax/completionMode.ts';
import { trimCompletion } from '../../../src/completion/trimming/trim.ts';
import { cursorText } from '../../support/cursorText.ts';

describe('trimCompletion', () => {
  const trim = (at: string, written: string, isCutOff = false): unknown => {
    const trimmed = trimCompletion(written, shapeContext(cursorText(at)), isCutOff);
    if (trimmed.kind === 'nothing') return trimmed.reason;
    return trimmed.replacedChars === 0 ? trimmed.text : [trimmed.text, trimmed.replacedChars];
  };
  const check = (why: string, at: string, written: string, expected: unknown): void => {
    it(why, () => {
      expect(trim(at, written)).toEqual(expected);
    });
  };

  check('offers the first line', 'const a = █', 'foo();  \nbar();', 'foo();');
  check('offers nothing when only a line end was written', 'foo();█', '\nbar();', 'blank');
  check('offers nothing of white space', 'a = █', '   ', 'blank');
  check('leaves out what stands behind the cursor', 'foo(█);', 'a, b);', 'a, b');
  check('replaces what stands behind the cursor in the middle', 'foo(█)', 'a) + b;', ['a) + b;', 1]);
  check('offers nothing when all of it stands behind the cursor', 'foo(█);', ');', 'suffixRepeats');
  check('offers nothing that is the next line', '█\nfoo();\n', 'foo();\n', 'suffixRepeats');
  check('offers no rest of a line that is the next line', 'import a█\nimport abc', 'bc', 'suffixRepeats');
  check('offers nothing where only the closing line was written', 'if (a) {█\n}', '\n}', 'suffixRepeats');
  check('cuts before the next line', '{\n  █\n  foo();\n}', 'bar();\n  foo();\n}', 'bar();');
  check(
    'cuts before the next line at the end of the text',
    '{\n  █\n  foo();\n}',
    'bar();\n  foo();',
    'bar();',
  );
  check('shows no special token that was spelled out', 'a = █', '1<|endoftext|>2', '1');
  check('shows no fill-in-the-middle mark', 'a = █', '1<fim_suffix>2', '1');
  check('shows no half of a character', 'a = "█"', 'caf\uFFFD', 'caf');
  check('cuts a loop after its first copy', 'a = █', 'foo, '.repeat(20), 'foo,');
  check('keeps a whole block', 'if (a) {█\n', '\n  b();\n}', '\n  b();\n}');
  check('keeps what the policy ended itself', '{\n  █\n}', 'a();\n  b()', 'a();\n  b()');

  it('gives up the last line of a block that was cut off', () => {
    expect(trim('{\n  █\n}', 'a();\n  const b = ', true)).toBe('a();');
  });

  it('keeps a single line that was cut off', () => {
    expect(trim('{\n  █\n}', 'const b = ', true)).toBe('const b =');
    expect(trim('a = █', 'foo(', true)).toBe('foo(');
  });

  it('works with any line end in the document', () => {
    expect(trim('{\r\n  █\r\n  foo();\r\n}', 'bar();\n  foo();\n')).toBe('bar();');
  });
});
