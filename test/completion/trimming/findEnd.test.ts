import { describe, expect, it } from 'vitest';
import { shapeContext } from '../../../src/completion/syntax/completionMode.ts';
import { findEnd } from '../../../src/completion/trimming/findEnd.ts';
import { cursorText } from '../../support/cursorText.ts';

/** The end is written as `|` in the text; a text without one may go on. */
function expectEnd(marked: string, endOf: (text: string) => number | undefined): void {
  const text = marked.replace('|', '');
  const end = endOf(text);
  expect(end === undefined ? text : `${text.slice(0, end)}|${text.slice(end)}`).toBe(marked);
}

describe('findEnd', () => {
  const check = (why: string, at: string, marked: string): void => {
    it(why, () => expectEnd(marked, (text) => findEnd(text, shapeContext(cursorText(at)), false)));
  };

  check('ends a line at its line end', 'const a = █', 'foo();|\nbar');
  check('lets a line go on until its end', 'const a = █', 'foo();');
  check('ends a line before it begins when nothing is added', 'foo();█', '|\nbar');

  check('lets a block go on at its own indentation', '{\n    █\n}', 'a();\n    b();\n    c');
  check('ends a block before a line indented less', '{\n    █\n}', 'a();|\n}');
  check('does not judge a line before its indentation is known', '{\n    █\n}', 'a();\n  ');
  check('lets deeper lines come and go', '{\n    █\n}', 'if (a) {\n        b();\n    }\n    c');
  check('ends a block at a blank line below a statement', '{\n    █\n}', 'a();|\n\n    b');
  check(
    'goes on over a blank line inside a nested block',
    '{\n    █\n}',
    'if (a) {\n        b();\n\n        c',
  );
  check('goes on over one blank line in front', '█', '\nfoo');
  check('ends empty after two blank lines in front', '█', '|\n\nfoo');
  check('follows the indentation the policy chose', 'class A:\n█', '    a = 1\n    b = 2|\nc');
  check('ends a block before the line that follows', '{\n    █\n    done();\n}', 'a();|\n    done();\n');
  check('does not judge half of the line that follows', '{\n    █\n    done();\n}', 'a();\n    done()');
  check('takes a bracket alone for no repetition', 'f({\n  █\n  },\n', 'a: {\n    b,\n  },\n  c');
  check('ends a block behind the first of three equal lines', '█', 'a();\nb();|\nb();\nb();\n');
  check('ends a block after ten lines', '█', 'a1();\nb2();\n'.repeat(5).replace(/\n$/, '|\nx'));
  check('lets two equal lines stand', '█', 'a();\nb();\nb();\nc');

  check('goes on in the body of what was opened', 'if (a) {█', '\n    b();\n    c');
  check('closes what was opened', 'if (a) {█', '\n    b();\n}|\nc();');
  check('waits whether a closing line goes on', 'if (a) {█', '\n    b();\n}');
  check('goes on behind a closing line that opens again', 'if (a) {█', '\n    b();\n} else {\n    c');
  check('does not close what is closed already', 'if (a) {█\n}', '\n    b();|\n}');
  check('ends a body before a line no deeper than its opener', '  if a:█', '\n    b()|\n  c');
  check('ends a body at a blank line', 'def f():█', '\n    a()|\n\n    b');
  check('closes with a word too', 'if a then█', '\n  b\nend|\n');

  check('ends a loop in a line', 'a = █', `foo, |${'foo, '.repeat(6)}`);
});

describe('findEnd of a statement', () => {
  const inBody = {
    ...shapeContext(cursorText('{\n    a();\n    █\n    z();\n}')),
    mode: 'statement',
  } as const;

  const check = (why: string, marked: string): void => {
    it(why, () => expectEnd(marked, (text) => findEnd(text, inBody, false)));
  };

  check('ends at its line end', 'b();|\n    c();');
  check('goes on until then', 'b()');
  check('goes on until its brackets are closed', 'b(\n        c,\n    );|\n    d();');
  check('goes on over the body that it opens', 'if (b) {\n        c();\n    }|\n    d();');
  check('goes on while they are open', 'b(\n        c,');
  check('goes on to the end of a long string', 'b(`\n        (`);|\n    d();');
  check('goes on to the end of a doc string', '"""\n    It\'s (\n    """|\n    d()');
  check('reads no bracket in a string', 'b("(\\"");|\n    d();');
  check('takes an apostrophe for no string', "// It's this.|\n    d();");
  check('ends with a bracket that closes what stands before the cursor', ')|\n    d();');
  check('passes over a blank line in front', '\n    b();|\n    c();');
  check('ends before a line that is outside', 'b(|\n}');
  check(
    'ends after ten lines',
    `b(${Array.from({ length: 9 }, (_, i) => `\n        c${i},`).join('')}|\n        d,`,
  );
});

describe('findEnd of a text that the policy is sure of', () => {
  /** The policy is sure of all up to `^`, or of everything. */
  const check = (why: string, at: string, marked: string, isWhole = false): void => {
    it(why, () => {
      const [sure] = marked.replace('|', '').split('^') as [string];
      const context = shapeContext(cursorText(at));
      expectEnd(marked.replace('^', ''), (text) => findEnd(text, context, isWhole, sure.length));
    });
  };

  check('lets a line go on with others', 'a = █', 'b;\nc;\n\n}\nd');
  check('ends before the first line that is not sure', 'a = █', 'b;\nc;|\nd^;\ne');
  check('ends a line that is not sure itself where it ends', 'a = █', 'b^;|\nc;');
  check('ends at the last line that says something', 'a = █', 'b;|\n\n^c', true);
  check('takes a whole last line', 'a = █', 'b;\nc;|', true);
  check('ends before the line that follows, a bracket too', 'f(() => {\n  a = █\n});', 'b;\n  c;|\n});\n');
  check('waits whether it is the line that follows', 'f(() => {\n  a = █\n});', 'b;\n  c;\n})');
  check('ends behind the second of three equal lines', 'a = █', 'b;\nc;\nc;|\nc;\n');
  check(
    'ends after ten lines',
    'a = █',
    `b;${Array.from({ length: 9 }, (_, i) => `\nb${i};`).join('')}|\nb;`,
  );
  check('ends where it repeats itself', 'a = █', `b;\nc = d, |${'d, '.repeat(5)}`);
  check('ends a line with something behind the cursor', 'f(█)', 'a);|\nb;');
  check('does not begin behind a line that is whole', 'a();█', '|\nb();');
  check('leaves blocks their shape', '{\n    █\n}', 'a();|\n}\nb();');
});
