import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { maxPrefixChars, maxSuffixChars } from '../../../src/completion/prompt/context.ts';

/** As much of VS Code as places know, for documents whose positions are offsets. */
const api = await vi.hoisted(async () => ({
  Range: (await import('../fakeVsCode.ts')).NumberRange,
  workspace: { textDocuments: [] as unknown[], notebookDocuments: [] as unknown[] },
}));
vi.mock('vscode', () => api);
const { placeAt, readOpenDocument } = await import('../../../src/editor/typing/documentPlace.ts');

function documentOf(uri: string, text: string, languageId = 'python'): vscode.TextDocument {
  const document = {
    ...{ uri: { scheme: uri.split(':')[0], toString: () => uri }, languageId },
    offsetAt: (position: number) => position,
    positionAt: (offset: number) => Math.min(offset, text.length),
    getText: (range?: { readonly from: number; readonly to: number }) => text.slice(range?.from, range?.to),
  } as unknown as vscode.TextDocument;
  api.workspace.textDocuments.push(document);
  return document;
}

/** Opens a notebook, and gives the documents of its cells. */
function notebookOf(...texts: readonly string[]): readonly vscode.TextDocument[] {
  const documents = texts.map((text, i) => documentOf(`vscode-notebook-cell:/prices.ipynb#${i}`, text));
  api.workspace.notebookDocuments.push({ getCells: () => documents.map((document) => ({ document })) });
  return documents;
}

const at = (document: vscode.TextDocument, offset: number) =>
  placeAt(document, offset as unknown as vscode.Position, 'automatic');

beforeEach(() => {
  api.workspace.textDocuments = [];
  api.workspace.notebookDocuments = [];
});

describe('placeAt', () => {
  it('gives what stands before and behind the cursor in a file', () => {
    const place = at(documentOf('file:///prices.py', 'a = 1\nb = 2'), 6);
    expect(place).toMatchObject({ prefix: 'a = 1\n', suffix: 'b = 2', offset: 6 });
  });

  it('goes on with the cells around that of the cursor, which keeps its offset', () => {
    notebookOf('other = 1', 'x');
    const [, cell] = notebookOf('import math', 'a = \nb = 2', 'print(a)');
    expect(at(cell!, 4)).toMatchObject({
      ...{ prefix: 'import math\n\na = ', suffix: '\nb = 2\n\nprint(a)' },
      ...{ offset: 4, documentUri: 'vscode-notebook-cell:/prices.ipynb#1' },
    });
  });

  it('cuts a long notebook as it cuts a long file', () => {
    const [above, below] = ['x'.repeat(3 * maxPrefixChars), 'y'.repeat(3 * maxSuffixChars)];
    const [, cell] = notebookOf(above, 'a = \nb', below);
    const inFile = at(documentOf('file:///all.py', `${above}\n\na = \nb\n\n${below}`), above.length + 6);
    const { prefix, suffix } = at(cell!, 4);
    expect({ prefix, suffix }).toEqual({ prefix: inFile.prefix, suffix: inFile.suffix });
    expect(prefix.length).toBeLessThanOrEqual(maxPrefixChars);
    expect(suffix).toHaveLength(maxSuffixChars);
  });

  it('leaves the cells above out where the cell itself is long enough', () => {
    const text = 'x'.repeat(3 * maxPrefixChars);
    const [, cell] = notebookOf('import math', text);
    const { prefix } = at(cell!, text.length);
    expect([prefix.includes('import'), text.endsWith(prefix)]).toEqual([false, true]);
  });
});

describe('readOpenDocument', () => {
  it('gives a cell with what stands around it, and a file alone', () => {
    notebookOf('import math', 'a = 1');
    documentOf('file:///prices.py', 'b = 2');
    expect(readOpenDocument('vscode-notebook-cell:/prices.ipynb#1')).toEqual({
      ...{ languageId: 'python', text: 'a = 1', above: 'import math\n\n', below: '' },
    });
    expect(readOpenDocument('file:///prices.py')).toMatchObject({ text: 'b = 2', above: '', below: '' });
    expect(readOpenDocument('file:///gone.py')).toBeUndefined();
  });
});
