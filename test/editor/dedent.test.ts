import { expect, it } from 'vitest';
import { dedented } from '../../src/editor/dedent.ts';

it.each([
  ['if (a) {\n    b();\n  }', '  ', 'if (a) {\n  b();\n}'],
  ['x', '    ', 'x'],
  ['{\n\t\ta\n\t}', '\tif (b) ', '{\n\ta\n}'],
  ['{\n  a\n}', '', '{\n  a\n}'],
  ['a\nb', '  ', 'a\nb'],
])('shows %j behind %j as %j', (text, lineBefore, expected) => {
  expect(dedented(text, lineBefore)).toBe(expected);
});
