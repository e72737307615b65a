import { describe, expect, it } from 'vitest';
import { dedented, indented } from '../../src/editor/dedent.ts';

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
    ['tabs, and an empty line', '\tif (b) ', '{\n\ta\n\n}', '{\n\t\ta\n\n\t}'],
    ['statements', '  ', 'a;\nb;', 'a;\n  b;'],
  ])('gives back its place to %s', (_, lineBefore, shown, expected) => {
    expect(indented(shown, lineBefore)).toBe(expected);
    expect(dedented(expected, lineBefore)).toBe(shown);
  });

  it.each([
    ['if (a) {\n    b();\n  }', '  '],
    ['if a:\n        b()', '    '],
    ['a;\n  b;', '  '],
    ['{\n  a\n}', ''],
    ['x', '    '],
  ])('leaves %j behind %j, which has its indentation', (text, lineBefore) => {
    expect(indented(text, lineBefore)).toBe(text);
  });
});
