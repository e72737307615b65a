import { describe, expect, it } from 'vitest';
import { CodeIndex, relatedAt, type CodeFile } from '../../../src/completion/prompt/relatedCode.ts';

const filler = (topic: string): string =>
  Array.from({ length: 16 }, (_, i) => `const ${topic}${i} = measure(${topic}Base, ${i});`).join('\n');

function fileOf(path: string, text: string): CodeFile {
  return { documentUri: `file:///project/${path}`, path, text };
}

function indexOf(...files: readonly CodeFile[]): CodeIndex {
  const index = new CodeIndex();
  for (const file of files) index.set(file);
  return index;
}

const invoice = fileOf(
  'invoice.ts',
  'export function invoiceTotal(items: Item[], taxRate: number): number {}',
);
const others = ['apple', 'pear', 'plum'].map((topic) => fileOf(`${topic}.ts`, filler(topic)));

const place = (prefix: string, documentText = prefix) => ({
  documentUri: 'file:///project/main.ts',
  path: 'main.ts',
  documentText,
  prefix,
  suffix: '',
  shownChars: 1500,
});

describe('CodeIndex.choose', () => {
  it('takes what shares rare names with the text around the cursor', () => {
    const index = indexOf(...others, invoice);
    const [first] = index.choose(place('const measure = invoiceTotal('));
    expect(first).toEqual({ path: 'invoice.ts', text: invoice.text });
  });

  it('has nothing where no rare name is shared', () => {
    expect(indexOf(...others, invoice).choose(place('nobody.knows('))).toEqual([]);
    expect(indexOf().choose(place('invoiceTotal('))).toEqual([]);
  });

  it('leaves a name out of account that stands nearly everywhere', () => {
    const everywhere = Array.from({ length: 20 }, (_, i) => fileOf(`${i}.ts`, `shared name${i}`));
    expect(indexOf(...everywhere).choose(place('shared'))).toEqual([]);
  });

  it('knows a name that two files of a small project have', () => {
    const user = fileOf('shop.ts', 'show(invoiceTotal(basket, 0.2));');
    const texts = indexOf(...others, invoice, user)
      .choose(place('invoiceTotal('))
      .map(({ path }) => path);
    expect(texts.toSorted()).toEqual(['invoice.ts', 'shop.ts']);
  });

  it('takes no line twice, though pieces overlap', () => {
    const long = fileOf(
      'long.ts',
      Array.from({ length: 64 }, (_, i) => `invoiceTotal(line${i});`).join('\n'),
    );
    const texts = indexOf(...others, ...others.map(({ path, text }) => fileOf(`2-${path}`, text)), long)
      .choose(place('line20 line21 line22 line40 line41'))
      .filter(({ path }) => path === 'long.ts')
      .flatMap(({ text }) => text.split('\n'));
    expect(texts.length).toBeGreaterThan(16);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('shows of the document itself what is in it now, where the prompt does not show that already', () => {
    const far = [
      'function invoiceTax(rate) {',
      ...Array.from({ length: 40 }, (_, i) => `  step${i}();`),
      '}',
    ];
    const prefix = `${far.join('\n')}\ninvoiceTotal(invoiceTax(`;
    const saved = fileOf('main.ts', 'const invoiceTax = "long gone";');
    const index = indexOf(...others, saved);
    const textsAt = (shownChars: number) =>
      index.choose({ ...place(prefix), shownChars }).map(({ text }) => text);
    expect(textsAt(60)[0]).toMatch(/^function invoiceTax/);
    expect(textsAt(60).join()).not.toMatch(/invoiceTotal|long gone/);
    expect(textsAt(1500)).toEqual([]);
  });

  it('does not look through a document that is very long', () => {
    const long = `function invoiceTax(rate) {}\n${' '.repeat(70_000)}invoiceTax(`;
    expect(indexOf(...others).choose({ ...place('invoiceTax(', long), shownChars: 60 })).toEqual([]);
    const short = `function invoiceTax(rate) {}\n${' '.repeat(10_000)}invoiceTax(`;
    expect(indexOf(...others).choose({ ...place('invoiceTax(', short), shownChars: 9 })).toHaveLength(1);
  });

  it('follows a file as it changes and forgets one that is gone', () => {
    const index = indexOf(...others, invoice);
    index.set({ ...invoice, text: 'export function invoiceSum() {}' });
    expect(index.choose(place('invoiceTotal('))).toEqual([]);
    expect(index.choose(place('invoiceSum('))).toHaveLength(1);
    index.delete(invoice.documentUri);
    expect(index.choose(place('invoiceSum('))).toEqual([]);
  });
});

describe('relatedAt', () => {
  it.each(['\r\n', '\r'])(
    'shows nothing that stands around the cursor, where that has %j as line ends',
    (end) => {
      const text = `function invoiceTax(rate) {\n  return rate * 2;\n}\ninvoiceTotal(invoiceTax(`;
      const asTyped = place(text.replaceAll('\n', end), text);
      expect(relatedAt(indexOf(...others), asTyped, 512)).toEqual({ path: 'main.ts', pieces: [] });
    },
  );
});
