import { describe, expect, it } from 'vitest';
import { countKnownLines, piecesWithout, withoutCopies } from '../../../src/cli/replay/copies.ts';
import { changesBetween, type TypedDocument } from '../../../src/cli/replay/typedWork.ts';

type Files = Readonly<Record<string, string>>;

function filesOf(files: Files) {
  return Object.entries(files).map(([path, text]) => ({ path, text, languageId: 'python', addedAtMs: 0 }));
}

const code = ['total = price * amount', 'print_receipt(total, tax)', 'return total + tax'].join('\n');
const other = ['class Customer(Person):', 'name = read_name(line)', 'self.orders = []  # none yet'].join(
  '\n',
);

function indented(lines: string): string {
  return lines.replaceAll(/^/gm, '    ');
}

function changed(old: string, newer: string): TypedDocument[] {
  return changesBetween(filesOf({ 'a.py': old }), filesOf({ 'a.py': newer }));
}

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
      'no lines that were moved within their file',
      { 'a.py': `${code}\n${other}` },
      { 'a.py': `${other}\n${code}` },
      [],
    ],
    ['no lines that were indented anew', { 'a.py': code }, { 'a.py': indented(code) }, []],
    [
      'no lines that were broken anew',
      { 'a.py': 'send(first_of(customers), tax_of( total ))\nopen_shop(\n    customers)' },
      { 'a.py': 'send(\n    first_of(customers),\n    tax_of(total)\n)\nopen_shop(customers)' },
      [],
    ],
    [
      'what was written around lines that were indented anew',
      { 'a.py': code },
      { 'a.py': `${other}\nif has_orders(name):\n${indented(code)}` },
      ['a.py'],
    ],
    [
      'lines that are written more often than they were there',
      { 'a.py': `shop.open_door()\n${code}\n` },
      { 'a.py': `${code}\n${'shop.open_door()\n'.repeat(4)}` },
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

describe('piecesWithout', () => {
  const [first, last] = ['first_line_of_file()\n', 'last_line_of_file()\n'];
  const cases: [what: string, old: string, newer: string, pieces: string[]][] = [
    ['all that is not written anew', `${first}${last}`, `${first}${other}\n${last}`, [`${first}${last}`]],
    [
      'no line that comes back further down',
      `${first}${code}\n${other}\n${last}`,
      `${first}${other}\n${last}${code}\n`,
      [first, `${other}\n${last}`],
    ],
    [
      'no line that comes back with another indentation',
      `${first}${code}\n${last}`,
      `${first}if has_orders(name):\n${indented(code)}\n${last}`,
      [first, last],
    ],
    [
      'no line that comes back as a part of another',
      `shop.open_door(\n  customers_of(day))\n${last}`,
      `shop.open_door(customers_of(day))\n${last}`,
      [last],
    ],
    [
      'what stays and is written once more',
      `${first}${last}`,
      `${first}${last}${first}`,
      [`${first}${last}`],
    ],
    ['no punctuation alone', `${first}${code}\n}\n`, `${first}}\n${indented(code)}\n`, [first]],
  ];

  it.each(cases)('leaves %s', (_, old, newer, pieces) =>
    expect(piecesWithout(old, changed(old, newer))).toEqual(pieces),
  );

  it('leaves nothing of what is written, where the text has it already', () => {
    const [old, newer] = [`${first}${last}`, `${first}${other}\n${last}`];
    expect(piecesWithout(newer, changed(old, newer))).toEqual([first, last]);
  });
});

it('counts the typed lines that other files have, and those that may be learned', () => {
  const older = filesOf({ 'a.py': 'total = price * amount\n', 'b.py': '    return total + tax\n' });
  const documents = changesBetween(older, filesOf({ 'a.py': `${code}\n${other}` }));
  const learnable = [{ text: 'return total + tax\nname = read_name( line )\n' }];
  const counts = { lines: 5, elsewhere: 1, learnable: 2 };
  expect(countKnownLines(documents, { older, learnable })).toEqual(counts);
});
