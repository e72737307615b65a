import { describe, expect, it } from 'vitest';
import { withoutCopies } from '../../../src/cli/replay/copies.ts';
import { changesBetween } from '../../../src/cli/replay/typedWork.ts';

type Files = Readonly<Record<string, string>>;

function filesOf(files: Files) {
  return Object.entries(files).map(([path, text]) => ({ path, text, languageId: 'python', addedAtMs: 0 }));
}

const code = ['total = price * amount', 'print_receipt(total, tax)', 'return total + tax'].join('\n');
const other = ['class Customer(Person):', 'name = read_name(line)', 'self.orders = []  # none yet'].join(
  '\n',
);

describe('withoutCopies', () => {
  const cases: [what: string, old: Files, newer: Files, kept: string[]][] = [
    ['what is new', { 'a.py': other }, { 'a.py': other, 'b.py': code }, ['b.py']],
    ['no file that was moved', { 'a.py': code }, { 'lib/a.py': code }, []],
    ['one of two copies', {}, { 'cjs/a.py': code, 'esm/a.py': code }, ['cjs/a.py']],
    [
      'a file that was rewritten while it was moved',
      { 'a.py': code },
      { 'b.py': `${other}\nx = 1` },
      ['b.py'],
    ],
    [
      'lines that were moved within their file',
      { 'a.py': `${code}\n${other}` },
      { 'a.py': `${other}\n${code}` },
      ['a.py'],
    ],
    ['lines too short to tell', { 'a.py': 'x = 1\n' }, { 'b.py': 'x = 1\n' }, ['b.py']],
  ];

  it.each(cases)('keeps %s', (_, old, newer, kept) => {
    const [older, after] = [filesOf(old), filesOf(newer)];
    const documents = withoutCopies(changesBetween(older, after), older);
    expect(documents.map(({ path }) => path)).toEqual(kept);
  });
});
