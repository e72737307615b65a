import { describe, expect, it } from 'vitest';
import { dedented, indented } from '../../../src/editor/rank/dedent.ts';

it.each([
  ['if (a) {\n    b();\n  }', '  ', 'if (a) {\n  b();\n}'],
  ['x', '    ', 'x'],
  ['{\n\t\ta\n\t}', '\tif (b) ', '{\n\ta\n}'],
  ['{\n  a\n}', '', '{\n  a\n}'],
  ['a\nb', '  ', 'a\nb'],
])('shows %j behind %j as %j', (text, lineBefore, expected) => {
  expect(dedented(text, lineBefore)).toBe(expected);
});

describe('indented', () => {
  it.each([
    ['a JavaScript block', '  ', 'if (a) {\n  b();\n}', 'if (a) {\n    b();\n  }'],
    ['a Python block as deep as its place', '    ', 'if a:\n    b()', 'if a:\n        b()'],
    ['a block that the line opens', '    if a:', '\n    b()', '\n        b()'],
    ['arguments over lines', '    x = ', 'f(\n    a,\n    b)', 'f(\n        a,\n        b)'],
    ['a chain of calls', '    ', 'a()\n    .b()', 'a()\n        .b()'],
    ['what goes on behind &&', '    return ', 'a &&\n    b;', 'a &&\n        b;'],
    ['the two ways of a choice', '    return ', 'a\n    ? b\n    : c;', 'a\n        ? b\n        : c;'],
    ['a text in two parts', '  s = ', "'a' +\n  'b';", "'a' +\n    'b';"],
    ['the body of an arrow function', '    f = () ', '=>\n    x + 1;', '=>\n        x + 1;'],
    ['tabs, and an empty line', '\tif (b) ', '{\n\ta\n\n}', '{\n\t\ta\n\n\t}'],
    ['statements', '  ', 'a;\nb;', 'a;\n  b;'],
  ])('gives back its place to %s', (_, lineBefore, shown, expected) => {
    expect(indented(shown, lineBefore, [])).toBe(expected);
    expect(dedented(expected, lineBefore)).toBe(shown);
  });

  it.each([
    ['  ', 'if (a) {\n    b();\n  }'],
    ['  ', 'if (a) {\n    b();\n  } else {\n    c();\n  }'],
    ['    if (x) {', '\n    }'],
    ['    const a = [', '\n    ];'],
    ['    const o = ', '{\n      a: 1,\n    };'],
    ['', '{\n  a\n}'],
    ['    ', 'x'],
    ['', ''],
  ])('leaves behind %j what has its indentation: %j', (lineBefore, text) => {
    expect(indented(text, lineBefore, ['a'])).toBe(text);
  });

  it.each([
    ['\tswitch x {', '\n\tcase 1:\n\t\treturn a', 'f() {\n\tswitch y {\n\tcase 1:\n\t\treturn a\n\t}\n}'],
    ['    x = ', 'a &&\n      b;', 'f() {\r\n    return a &&\r\n      b;\r\n}\r\n'],
    ['  ', 'a;\n  b;', 'a;\n  a;\n  b;'],
    ['  ', 'a\nb', '  a\nb'],
  ])('leaves behind %j what was copied from code as deep: %j', (lineBefore, text, source) => {
    expect(indented(text, lineBefore, ['a', source])).toBe(text);
  });

  it.each([
    ['is less deep', '    ', 'if a:\n    b()', 'if a:\n    b()', 'if a:\n        b()'],
    ['has only the lines', '    if a:', '\n    b()', '    a()\n    b()', '\n        b()'],
  ])('indents what stands in a document that %s', (_, lineBefore, text, source, expected) => {
    expect(indented(text, lineBefore, [source])).toBe(expected);
  });
});
