import { describe, expect, it } from 'vitest';
import { maxPrefixChars } from '../../../src/completion/prompt/context.ts';
import { isProse } from '../../../src/completion/syntax/prose.ts';

describe('isProse', () => {
  it.each([
    ['typescript', 'a = 1 // the sum', true],
    ['typescript', 'a = 1 // the sum\n', false],
    ['typescript', 'const url = "https://host', false],
    ['typescript', 'const url = "https://host"; // see', true],
    ['typescript', "it('says // nothing', () => ", false],
    ['typescript', '`${a}\n// in a template', false],
    ['typescript', '/** Adds', true],
    ['typescript', '/** Adds.\n * two', true],
    ['typescript', '/** Adds. */', false],
    ['typescript', '/** Adds. */\nfunction add(', false],
    ['typescript', "const unclosed = '\n// but a new line", true],
    ['typescript', 'const q = "a \\" // b', false],
    ['python', 'x = 1  # the', true],
    ['python', "name = '#", false],
    ['python', 'def f():\n    """Says', true],
    ['python', 'def f():\n    """Says.\n\n    More', true],
    ['python', 'def f():\n    """Says."""\n    return', false],
    ['python', 'text = """a\nb', false],
    ['python', 'text = """a # b', false],
    ['rust', "fn f<'a>(x: &'a str) // borrowed", true],
    ['rust', "fn f<'a>(x: ", false],
    ['shellscript', 'echo ${#list', false],
    ['shellscript', '# Lists', true],
    ['lua', '--[[ a\nb', true],
    ['lua', '--[[ a ]] x =', false],
    ['lua', '-- a', true],
    ['sql', "SELECT '-- no' -- yes", true],
    ['html', '<p>text', false],
    ['html', '<!-- todo', true],
    ['markdown', 'Any text', true],
    ['plaintext', '', true],
    ['brainfuck', '# unknown', false],
  ])('in %s, after %j: %s', (languageId, prefix, expected) => {
    expect(isProse(prefix, languageId)).toBe(expected);
  });

  it('reads the longest prefix in one pass: more text takes more matches, not more for each', () => {
    const text = '/* a */ "b" // c\n'.repeat(maxPrefixChars / 17);
    expect(isProse(text, 'typescript')).toBe(false);
    expect(isProse(`${text}// d`, 'typescript')).toBe(true);
  });
});
